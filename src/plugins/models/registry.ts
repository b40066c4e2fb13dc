import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { InputDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ITranslator } from '@jupyterlab/translation';
import type { ReadonlyJSONObject, ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { DOMAIN } from '../../components/basics/context';
import { IModels, ModelCommands } from '../../tokens/models';
import { IWorkbench } from '../../tokens/workbench';
import { attempt, confirm, textOf } from '../basics/commands';

/** Adds the commands that change the registry: aliases, roll back, trust, deletion. */
export const registryCommandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:registry-changes',
  description: 'Adds the commands that change what the registry says of models.',
  autoStart: true,
  requires: [IWorkbench, ITranslator],
  activate: (app: JupyterFrontEnd, workbench: IWorkbench, translator: ITranslator) => {
    const context = { app, models: workbench.get(IModels), trans: translator.load(DOMAIN) };
    addAliases(context);
    addRollBack(context);
    addTrust(context);
    addRemove(context);
  }
};

interface IContext {
  app: JupyterFrontEnd;
  models: IModels;
  trans: TranslationBundle;
}

function addAliases({ app, models, trans }: IContext): void {
  app.commands.addCommand(ModelCommands.setAlias, {
    label: trans.__('Set Alias…'),
    describedBy: describedBy({ version: 'number' }),
    execute: async args => {
      const { name, version } = targetOf(args);
      const { value } = await InputDialog.getText({
        title: trans.__('Alias of %1, version %2', name, version),
        label: trans.__(
          'An alias names the version that is in use; it moves from version to version.'
        ),
        placeholder: trans.__('champion'),
        okLabel: trans.__('Set alias')
      });
      if (value) {
        const title = trans.__('The alias was not set');
        await attempt(title, () => models.setAlias(name, value.trim().replace(/^@/, ''), version));
      }
    }
  });
  app.commands.addCommand(ModelCommands.removeAlias, {
    label: trans.__('Remove Alias…'),
    describedBy: describedBy({ alias: 'string' }),
    execute: async args => {
      const [{ name }, alias] = [targetOf(args), textOf(args, 'alias')];
      const isSure = await confirm(trans, {
        title: trans.__('Remove @%1?', alias),
        body: trans.__('Whoever asks for %1@%2 is refused from then on.', name, alias),
        accept: trans.__('Remove alias')
      });
      if (isSure) {
        await attempt(trans.__('The alias was not removed'), () => models.removeAlias(name, alias));
      }
    }
  });
}

function addRollBack({ app, models, trans }: IContext): void {
  app.commands.addCommand(ModelCommands.rollBack, {
    label: trans.__('Roll Back Alias…'),
    describedBy: describedBy({ alias: 'string', version: 'number' }),
    execute: async args => {
      const [{ name, version }, alias] = [targetOf(args), textOf(args, 'alias')];
      const isSure = await confirm(trans, {
        title: trans.__('Roll back @%1?', alias),
        body: trans.__(
          'Version %1 gives way to the version before. Deployments of %2@%3 follow without a gap.',
          version,
          name,
          alias
        ),
        accept: trans.__('Roll back')
      });
      if (isSure) {
        const title = trans.__('The alias was not rolled back');
        await attempt(title, () => models.rollBack(name, alias, version));
      }
    }
  });
}

function addTrust({ app, models, trans }: IContext): void {
  app.commands.addCommand(ModelCommands.trust, {
    label: trans.__('Trust Model…'),
    describedBy: describedBy({ version: 'number' }),
    execute: async args => {
      const { name, version } = targetOf(args);
      const title = trans.__('The model was not trusted');
      const report = await attempt(title, () => models.trustReport(name, version));
      if (!report) {
        return;
      }
      const { value } = await InputDialog.getText({
        title: trans.__('Trust %1, version %2?', name, version),
        label: trans.__(
          'Loading it builds: %1. Only admins decide this. Why do you trust it?',
          report.untrusted.join(', ')
        ),
        okLabel: trans.__('Trust')
      });
      if (value) {
        await attempt(title, () => models.trust(name, version, report.types, value));
      }
    }
  });
}

function addRemove({ app, models, trans }: IContext): void {
  app.commands.addCommand(ModelCommands.remove, {
    label: trans.__('Delete Version…'),
    describedBy: describedBy({ version: 'number' }),
    execute: async args => {
      const { name, version } = targetOf(args);
      const isSure = await confirm(trans, {
        title: trans.__('Delete %1, version %2?', name, version),
        body: trans.__('Its file and its aliases go. Its number is not given again.'),
        accept: trans.__('Delete version')
      });
      if (isSure) {
        const title = trans.__('The version was not deleted');
        await attempt(title, () => models.remove(name, version));
      }
    }
  });
}

function targetOf(args: ReadonlyPartialJSONObject): { name: string; version: number } {
  return { name: textOf(args, 'name'), version: Number(args.version) };
}

/** The schema of a command that takes a model's name and something more. */
function describedBy(more: Readonly<Record<string, string>>): { args: ReadonlyJSONObject } {
  const properties = Object.fromEntries(
    Object.entries({ name: 'string', ...more }).map(([name, type]) => [name, { type }])
  );
  return { args: { type: 'object', properties } };
}
