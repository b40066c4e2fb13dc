import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ITranslator } from '@jupyterlab/translation';
import type { Deployment } from '../../api';
import { IModels, ModelCommands } from '../../tokens/models';
import { DOMAIN } from '../../components/basics/context';
import { IWorkbench } from '../../tokens/workbench';
import { attempt, confirm, textArguments, textOf } from '../basics/commands';

/** Adds the commands for models. */
export const modelCommandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:registry-commands',
  description: 'Adds the commands that deploy and withdraw models.',
  autoStart: true,
  requires: [IWorkbench, ITranslator],
  activate: (app: JupyterFrontEnd, workbench: IWorkbench, translator: ITranslator) => {
    addModelCommands(app, workbench.get(IModels), translator);
  }
};

function addModelCommands(
  { commands }: JupyterFrontEnd,
  models: IModels,
  translator: ITranslator
): void {
  const trans = translator.load(DOMAIN);
  commands.addCommand(ModelCommands.deploy, {
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
  commands.addCommand(ModelCommands.withdraw, {
    label: trans.__('Withdraw Model…'),
    describedBy: textArguments({ id: trans.__('The id of the deployment') }),
    execute: async args => {
      const id = textOf(args, 'id');
      if (await isSure(trans, models.deployments, id)) {
        const title = trans.__('The model was not withdrawn');
        await attempt(title, () => models.undeploy(id));
      }
    }
  });
}

/** Asks before a model that answers goes; one that does not is not missed by anybody. */
async function isSure(
  trans: TranslationBundle,
  deployments: readonly Deployment[],
  id: string
): Promise<boolean> {
  const deployment = deployments.find(one => one.id === id);
  if (!deployment || !isLive(deployment)) {
    return true;
  }
  const { model, version, url } = deployment;
  const others = deployments.filter(one => one.id !== id && isLive(one));
  return confirm(trans, {
    title: trans.__('Withdraw %1, version %2?', model, version),
    body: [
      trans.__('Predictions with it stop at once, for dashboards and programs that ask %1.', url),
      others.length === 0
        ? trans.__('No other model is deployed: nothing will answer predictions.')
        : trans._n('%1 other model goes on.', '%1 other models go on.', others.length),
      trans.__('The model itself stays and can be deployed again.')
    ].join(' '),
    accept: trans.__('Withdraw model')
  });
}

function isLive({ state }: Deployment): boolean {
  return state === 'ready' || state === 'starting';
}
