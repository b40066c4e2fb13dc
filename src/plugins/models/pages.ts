import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';
import { DOMAIN } from '../../components/basics/context';
import type { ModelPage } from '../../panels/models';
import type { IModelView } from '../../panels/models/model';
import { ModelCommands } from '../../tokens/models';
import { IWorkbench } from '../../tokens/workbench';
import { asJson, textArguments, textOf } from '../basics/commands';
import { keepPages, showPage } from '../basics/pages';

/** Opens models as pages of the main area, and brings them back after a reload. */
export const modelPagesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:model-pages',
  description: 'Opens models as pages of the main area, and restores them.',
  autoStart: true,
  requires: [IWorkbench, ITranslator],
  optional: [ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    translator: ITranslator,
    restorer: ILayoutRestorer | null
  ) => {
    const trans = translator.load(DOMAIN);
    const tracker = new WidgetTracker<ModelPage>({ namespace: 'jupyter-crispdm-models' });
    const make = async (name: string, view: Partial<IModelView>): Promise<ModelPage> => {
      const [{ ModelPage }, { ModelPageModel }] = await Promise.all([
        import('../../panels/models'),
        import('../../panels/models/model')
      ]);
      return new ModelPage(new ModelPageModel(workbench, name, view), app.commands, translator);
    };
    app.commands.addCommand(ModelCommands.open, {
      label: trans.__('Open Model'),
      describedBy: textArguments({ name: trans.__('The name of the model') }),
      execute: async args => {
        const name = textOf(args, 'name');
        if (name !== '') {
          const page =
            tracker.find(({ model }) => model.name === name) ??
            (await make(name, (args.view ?? {}) as Partial<IModelView>));
          await showPage(app, tracker, page, 'Model');
        }
      }
    });
    keepPages(app, tracker, restorer, {
      changed: ({ model }) => model.changed,
      command: ModelCommands.open,
      name: page => page.model.name,
      args: ({ model }) => ({ name: model.name, view: asJson(model.view) })
    });
  }
};
