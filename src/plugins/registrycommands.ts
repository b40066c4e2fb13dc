import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';
import { CommandIDs } from '../commandids';
import { DOMAIN } from '../components/context';
import { IWorkbench } from '../tokens';
import { attempt, textArguments, textOf } from './commands';

/** Adds the commands for models. */
export const registryCommandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:registry-commands',
  description: 'Adds the commands that deploy and withdraw models.',
  autoStart: true,
  requires: [IWorkbench, ITranslator],
  activate: (app: JupyterFrontEnd, workbench: IWorkbench, translator: ITranslator) => {
    addModelCommands(app, workbench, translator);
  }
};

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
