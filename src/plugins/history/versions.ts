import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ITranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { KeptVersion } from '../../api';
import { DOMAIN } from '../../components/basics/context';
import { formatMoment } from '../../components/basics/format';
import type { VersionsPage } from '../../panels/history';
import { HistoryCommands, IHistory } from '../../tokens/history';
import { IWorkbench } from '../../tokens/workbench';
import { attempt, confirm, textArguments, textOf } from '../basics/commands';
import { OpenDocuments, presentFile } from './present';

/** What the command needs. */
interface IContext {
  app: JupyterFrontEnd;
  history: IHistory;
  translator: ITranslator;
  trans: TranslationBundle;
  documents: IDocumentManager;
  browsers: IFileBrowserFactory | null;
  tracker: WidgetTracker<VersionsPage>;
}

/** Shows what a file was each time it was saved, and brings that back. */
export const versionsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:history',
  description: 'Shows the kept versions of files, what has changed since, and restores them.',
  autoStart: true,
  requires: [IWorkbench, ITranslator, IDocumentManager],
  optional: [IFileBrowserFactory, ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    translator: ITranslator,
    documents: IDocumentManager,
    browsers: IFileBrowserFactory | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null
  ) => {
    const trans = translator.load(DOMAIN);
    const tracker = new WidgetTracker<VersionsPage>({ namespace: 'jupyter-crispdm-versions' });
    const history = workbench.get(IHistory);
    addVersions({ app, history, translator, trans, documents, browsers, tracker });
    palette?.addItem({ command: HistoryCommands.versions, category: trans.__('CRISP-DM') });
    void restorer?.restore(tracker, {
      command: HistoryCommands.versions,
      name: ({ model }) => model.path,
      args: ({ model }) => ({ path: model.path })
    });
  }
};

function addVersions(context: IContext): void {
  const { app, trans, tracker } = context;
  app.commands.addCommand(HistoryCommands.versions, {
    label: trans.__('Kept Versions…'),
    caption: trans.__('Show what a file was each time it was saved, and restore it'),
    describedBy: textArguments({
      path: trans.__('The file; without it, the open document or the selected file'),
      from: trans.__('`browser`: the selected file; `menu`: the open document')
    }),
    isVisible: args => args.from !== 'browser' || pathOf(context, args) !== '',
    isEnabled: args => pathOf(context, args) !== '',
    execute: async args => {
      const path = pathOf(context, args);
      if (path) {
        const page =
          tracker.find(({ model }) => model.path === path) ?? (await makePage(context, path));
        app.shell.activateById(page.id);
      }
    }
  });
}

/** The file that the command is for: the one named, the open document, or the one selected in the file browser. */
function pathOf(context: IContext, args: ReadonlyPartialJSONObject): string {
  const named = textOf(args, 'path');
  switch (named === '' ? textOf(args, 'from') : 'named') {
    case 'named':
      return named;
    case 'browser':
      return selectedPath(context);
    case 'menu':
      return documentPath(context);
    default:
      return documentPath(context) || selectedPath(context);
  }
}

function selectedPath({ browsers, app }: IContext): string {
  const items = [...(browsers?.tracker.currentWidget?.selectedItems() ?? [])];
  const isFile = items.length === 1 && items[0].type !== 'directory';
  return isFile ? ours(app, items[0].path) : '';
}

function documentPath({ documents, app }: IContext): string {
  const widget = app.shell.currentWidget;
  return ours(app, (widget && documents.contextForWidget(widget)?.path) ?? '');
}

/** The path of a file of the server; files of other drives have no versions. */
function ours(app: JupyterFrontEnd, path: string): string {
  return app.serviceManager.contents.driveName(path) === '' ? path : '';
}

async function makePage(context: IContext, path: string): Promise<VersionsPage> {
  const { app, history, translator, tracker } = context;
  const [{ VersionsPage }, { VersionsModel }] = await Promise.all([
    import('../../panels/history'),
    import('../../panels/history/model')
  ]);
  const model = new VersionsModel({
    history,
    path,
    file: () => presentFile(app.serviceManager.contents, path),
    restore: (version, isUndo) => restore(context, path, version, isUndo)
  });
  const page = new VersionsPage(model, translator);
  await tracker.add(page);
  app.shell.add(page, 'main', { type: 'Versions' });
  return page;
}

/** Nothing is lost by it: what is open and changed is saved first, and what the server replaces it keeps. */
async function restore(
  context: IContext,
  path: string,
  version: KeptVersion,
  isUndo: boolean
): Promise<KeptVersion | undefined> {
  const { app, documents, history, trans } = context;
  const open = new OpenDocuments(app, documents, path);
  if (!isUndo && !(await isSure(trans, path, version, open))) {
    return undefined;
  }
  return attempt(trans.__('The version was not restored'), async () => {
    await open.save();
    const restored = await history.restore(version.id);
    await open.revert();
    return restored;
  });
}

function isSure(
  trans: TranslationBundle,
  path: string,
  version: KeptVersion,
  open: OpenDocuments
): Promise<boolean> {
  const name = path.split('/').at(-1);
  const sentences = [
    trans.__('“%1” will be as it was on %2.', name, formatMoment(version.saved)),
    trans.__('What it is now is kept as a version too, so you can have it back.')
  ];
  if (open.isChanged) {
    sentences.push(
      trans.__('It is open with changes that are not saved: these are saved first, and kept too.')
    );
  } else if (open.isOpen) {
    sentences.push(trans.__('Where it is open, it is loaded anew.'));
  }
  return confirm(trans, {
    title: trans.__('Restore this version?'),
    body: sentences.join(' '),
    accept: trans.__('Restore')
  });
}
