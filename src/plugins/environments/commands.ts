import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Clipboard, Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ITranslator } from '@jupyterlab/translation';
import { addIcon, refreshIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import React from 'react';
import type { Accepted, Environment } from '../../api';
import { EnvironmentCommands, IEnvironments } from '../../tokens/environments';
import { JobCommands } from '../../tokens/jobs';
import { DOMAIN } from '../../components/basics/context';
import { canBeKernel, takesPackages } from '../../components/environments/groups';
import type { IEnvironmentValues } from '../../components/environments/values';
import { View } from '../../panels/basics/section';
import { IWorkbench } from '../../tokens/workbench';
import { attempt, confirm, textArguments, textOf } from '../basics/commands';

/** What the commands for environments share. */
interface IContext {
  app: JupyterFrontEnd;
  environments: IEnvironments;
  translator: ITranslator;
  trans: TranslationBundle;
  /** The environment that a command is for: that named, or that under the mouse. */
  target: (args: ReadonlyPartialJSONObject) => Environment | undefined;
}

/** Adds the commands for environments. */
export const environmentCommandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:environment-commands',
  description: 'Adds the commands that make, compare, export and delete environments.',
  autoStart: true,
  requires: [IWorkbench, ITranslator],
  activate: (app: JupyterFrontEnd, workbench: IWorkbench, translator: ITranslator) => {
    const environments = workbench.get(IEnvironments);
    const target = (args: ReadonlyPartialJSONObject): Environment | undefined => {
      const id = textOf(args, 'id') || underMouse(app);
      return environments.list.find(environment => environment.id === id);
    };
    const trans = translator.load(DOMAIN);
    const context = { app, environments, translator, trans, target };
    addRefresh(context);
    addKernels(context);
    addCreation(context);
    addViews(context);
    addExport(context);
    addDeletion(context);
  }
};

function underMouse(app: JupyterFrontEnd): string {
  const hit = app.contextMenuHitTest(node => Boolean(node.dataset.environmentId));
  return hit?.dataset.environmentId ?? '';
}

function forOne(trans: TranslationBundle): ReturnType<typeof textArguments> {
  return textArguments({ id: trans.__('The id of the environment') });
}

function addRefresh({ app, environments, trans }: IContext): void {
  app.commands.addCommand(EnvironmentCommands.refresh, {
    label: trans.__('Look for Environments Again'),
    caption: trans.__('Look for environments again'),
    icon: refreshIcon,
    describedBy: textArguments({}),
    execute: () => attempt(trans.__('No environments'), () => environments.refresh())
  });
}

function addKernels(context: IContext): void {
  const { app, environments, trans, target } = context;
  const canMake = (args: ReadonlyPartialJSONObject): boolean => {
    const environment = target(args);
    return environment !== undefined && canBeKernel(environment);
  };
  app.commands.addCommand(EnvironmentCommands.makeKernel, {
    label: trans.__('Make Kernel: Lend It an ipykernel'),
    caption: trans.__('Make it usable in notebooks; nothing in it is changed'),
    describedBy: forOne(trans),
    isVisible: canMake,
    execute: async args => {
      const title = trans.__('The kernel was not made');
      await attempt(title, () => environments.makeKernel(target(args)?.id ?? textOf(args, 'id')));
      await app.serviceManager.kernelspecs.refreshSpecs();
    }
  });
  app.commands.addCommand(EnvironmentCommands.installKernel, {
    label: trans.__('Make Kernel: Install ipykernel into It'),
    describedBy: forOne(trans),
    isVisible: args => canMake(args) && takesPackages(target(args) as Environment),
    execute: args => {
      const one = target(args);
      const install = (id: string) => (): Promise<Accepted> =>
        environments.install(id, ['ipykernel']);
      return one && showJob(context, trans.__('ipykernel was not installed'), install(one.id));
    }
  });
}

function addCreation(context: IContext): void {
  const { app, environments, translator, trans, target } = context;
  const ask = async (values: Partial<IEnvironmentValues>): Promise<void> => {
    const { CreationDialog, CreationModel } = await import('../../panels/environments');
    const model = new CreationModel(environments, values);
    const dialog = new CreationDialog(model, translator);
    await dialog.launch();
    const { accepted } = dialog;
    dialog.dispose();
    model.dispose();
    if (accepted) {
      await openJob(context, accepted);
    }
  };
  app.commands.addCommand(EnvironmentCommands.create, {
    label: trans.__('New Environment…'),
    caption: trans.__('New environment…'),
    icon: args => (args.from === 'palette' ? undefined : addIcon),
    describedBy: textArguments({}),
    execute: () => ask({})
  });
  app.commands.addCommand(EnvironmentCommands.clone, {
    label: trans.__('Clone…'),
    describedBy: forOne(trans),
    isEnabled: args => target(args)?.usable === true,
    execute: args => {
      const environment = target(args);
      return ask({ source: 'clone', clone: environment?.id, name: copyName(environment) });
    }
  });
}

/** A name for a copy that the server accepts. */
function copyName(environment: Environment | undefined): string {
  const plain = (environment?.name ?? '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '');
  return plain === '' ? '' : `${plain.slice(0, 58).replace(/[-.]+$/, '')}-copy`;
}

function addViews(context: IContext): void {
  const { app, environments, trans, target } = context;
  app.commands.addCommand(EnvironmentCommands.showPackages, {
    label: trans.__('Packages…'),
    describedBy: forOne(trans),
    execute: async args => {
      const environment = target(args);
      if (environment) {
        const { PackagesBody } = await import('../../panels/environments');
        const body = React.createElement(PackagesBody, { environments, id: environment.id });
        await show(context, trans.__('Packages of %1', environment.name), body);
      }
    }
  });
  app.commands.addCommand(EnvironmentCommands.compare, {
    label: trans.__('Compare with…'),
    describedBy: forOne(trans),
    isEnabled: () => environments.list.length > 1,
    execute: async args => {
      const environment = target(args);
      if (environment) {
        const { CompareBody } = await import('../../panels/environments');
        const body = React.createElement(CompareBody, { environments, environment });
        await show(context, trans.__('Compare %1', environment.name), body);
      }
    }
  });
  app.commands.addCommand(EnvironmentCommands.copyPath, {
    label: trans.__('Copy Path'),
    describedBy: forOne(trans),
    execute: args => {
      const one = target(args);
      if (one) {
        Clipboard.copyToSystem(one.prefix);
      }
    }
  });
}

function addExport({ app, environments, trans, target }: IContext): void {
  app.commands.addCommand(EnvironmentCommands.exportList, {
    label: args =>
      args.format === 'conda'
        ? trans.__('Export as environment.yml')
        : trans.__('Export as requirements.txt'),
    describedBy: textArguments({
      id: trans.__('The id of the environment'),
      format: trans.__('`requirements` or `conda`')
    }),
    execute: args => {
      const one = target(args);
      if (!one) {
        return;
      }
      const link = document.createElement('a');
      const format = args.format === 'conda' ? 'conda' : 'requirements';
      link.href = environments.exportUrl(one.id, format);
      link.download = '';
      link.click();
    }
  });
}

function addDeletion(context: IContext): void {
  const { app, environments, trans, target } = context;
  app.commands.addCommand(EnvironmentCommands.remove, {
    label: trans.__('Delete…'),
    describedBy: forOne(trans),
    isEnabled: args => target(args)?.removable === true,
    execute: async args => {
      const environment = target(args);
      const isSure =
        environment !== undefined &&
        (await confirm(trans, {
          title: trans.__('Delete “%1”?', environment.name),
          body: trans.__('%1 and all packages in it are deleted.', environment.prefix),
          accept: trans.__('Delete environment')
        }));
      if (isSure) {
        const remove = (): Promise<Accepted> => environments.remove(environment.id);
        await attempt(trans.__('The environment was not deleted'), remove);
      }
    }
  });
}

async function show(context: IContext, title: string, body: React.JSX.Element): Promise<void> {
  const { ViewDialog } = await import('../../panels/basics/viewdialog');
  const dialog = new ViewDialog({
    title,
    body: new View(context.translator, () => body),
    buttons: [Dialog.okButton({ label: context.trans.__('Close') })],
    focusNodeSelector: 'input, select'
  });
  dialog.addClass('crispdm-PackagesDialog');
  await dialog.launch();
}

/** Begin something, and show the page of the job that does it. */
async function showJob(
  context: IContext,
  title: string,
  begin: () => Promise<Accepted>
): Promise<void> {
  const accepted = await attempt(title, begin);
  if (accepted) {
    await openJob(context, accepted);
  }
}

function openJob({ app }: IContext, { job }: Accepted): Promise<unknown> {
  return app.commands.execute(JobCommands.open, { id: job });
}
