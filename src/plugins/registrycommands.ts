import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';
import { refreshIcon } from '@jupyterlab/ui-components';
import { CommandIDs } from '../commandids';
import { DOMAIN } from '../components/context';
import { IWorkbench } from '../tokens';
import { attempt, textArguments, textOf } from './commands';

/** Adds the commands for environments and models. */
export const registryCommandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:registry-commands',
  description: 'Adds the commands that make kernels and deploy models.',
  autoStart: true,
  requires: [IWorkbench, ITranslator],
  activate: (app: JupyterFrontEnd, workbench: IWorkbench, translator: ITranslator) => {
    addEnvironmentCommands(app, workbench, translator);
    addModelCommands(app, workbench, translator);
  }
};

function addEnvironmentCommands(
  { commands, serviceManager }: JupyterFrontEnd,
  { environments }: IWorkbench,
  translator: ITranslator
): void {
  const trans = translator.load(DOMAIN);
  commands.addCommand(CommandIDs.refreshEnvironments, {
    label: trans.__('Look for Environments Again'),
    caption: trans.__('Look for environments again'),
    icon: refreshIcon,
    describedBy: textArguments({}),
    execute: () => attempt(trans.__('No environments'), () => environments.refresh())
  });
  commands.addCommand(CommandIDs.makeKernel, {
    label: trans.__('Make Kernel'),
    describedBy: textArguments({ id: trans.__('The id of the environment') }),
    execute: async args => {
      const title = trans.__('The kernel was not made');
      await attempt(title, () => environments.makeKernel(textOf(args, 'id')));
      await serviceManager.kernelspecs.refreshSpecs();
    }
  });
}

function addModelCommands(
  { commands }: JupyterFrontEnd,
  { models }: IWorkbench,
  translator: ITranslator
): void {
  const trans = translator.load(DOMAIN);
  commands.addCommand(CommandIDs.deployModel, {
    label: trans.__('Deploy Model'),
    describedBy: {
      args: {
        type: 'object',
        properties: { name: { type: 'string' }, version: { type: 'number' } },
        required: ['name', 'version']
      }
    },
    execute: args => {
      const title = trans.__('The model was not deployed');
      return attempt(title, () => models.deploy(textOf(args, 'name'), Number(args.version)));
    }
  });
  commands.addCommand(CommandIDs.withdrawModel, {
    label: trans.__('Withdraw Model'),
    describedBy: textArguments({ id: trans.__('The id of the deployment') }),
    execute: args => {
      const title = trans.__('The model was not withdrawn');
      return attempt(title, () => models.undeploy(textOf(args, 'id')));
    }
  });
}
