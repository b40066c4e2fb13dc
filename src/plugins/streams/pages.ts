import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';
import { DOMAIN } from '../../components/basics/context';
import type { StreamPage } from '../../panels/streams';
import type { IStreamView } from '../../panels/streams/model';
import { StreamCommands } from '../../tokens/streams';
import { IWorkbench } from '../../tokens/workbench';
import { asJson, textArguments, textOf } from '../basics/commands';
import { keepPages, showPage } from '../basics/pages';
import { streamUnderMouse } from './targets';

/** Opens the monitors of streams as pages of the main area, and brings them back after a reload. */
export const streamPagesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:stream-pages',
  description: 'Opens the monitors of streams as pages of the main area, and restores them.',
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
    const tracker = new WidgetTracker<StreamPage>({ namespace: 'jupyter-crispdm-streams' });
    app.commands.addCommand(StreamCommands.open, {
      label: trans.__('Open Monitor'),
      describedBy: textArguments({ id: trans.__('The id of the stream') }),
      execute: async args => {
        const id = textOf(args, 'id') || streamUnderMouse(app);
        if (id !== '') {
          const view = (args.view ?? {}) as Partial<IStreamView>;
          const page =
            tracker.find(({ model }) => model.id === id) ??
            (await makePage(workbench, translator, id, view));
          await showPage(app, tracker, page, 'Stream');
        }
      }
    });
    keepPages(app, tracker, restorer, {
      changed: ({ model }) => model.viewChanged,
      command: StreamCommands.open,
      name: page => page.model.id,
      args: ({ model }) => ({ id: model.id, view: asJson(model.view) })
    });
  }
};

/** A page; what shows it is loaded with the first one. */
async function makePage(
  workbench: IWorkbench,
  translator: ITranslator,
  id: string,
  view: Partial<IStreamView>
): Promise<StreamPage> {
  const [{ StreamPage }, { StreamPageModel }] = await Promise.all([
    import('../../panels/streams'),
    import('../../panels/streams/model')
  ]);
  return new StreamPage(new StreamPageModel(workbench, id, view), translator);
}
