import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { ITranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { DOMAIN } from '../../components/basics/context';
import { textOf } from '../basics/commands';

const RUNNABLE = /\.(py|ipynb|r|sh|bash|jl|m?js)$/i;

/** Where files are chosen. */
export interface IFiles {
  app: JupyterFrontEnd;
  translator: ITranslator;
  documents: IDocumentManager;
  browsers: IFileBrowserFactory | null;
}

/** Whether the place `from` of a command holds a file that can be run. */
export function isChosen(files: IFiles, args: ReadonlyPartialJSONObject): boolean {
  return pathFrom(files, textOf(args, 'from')) !== '';
}

/** The file that a command is for, saved: the one named, the one in the place `from`, or one that the user picks. */
export async function chooseFile(files: IFiles, args: ReadonlyPartialJSONObject): Promise<string> {
  const path = textOf(args, 'path') || pathFrom(files, textOf(args, 'from')) || (await ask(files));
  if (path) {
    await save(files, path);
  }
  return path;
}

function pathFrom(context: IFiles, place: string): string {
  if (place === 'browser') {
    return selectedPath(context);
  }
  return place === '' ? '' : documentPath(context);
}

/** The one runnable file that is selected in the file browser. */
function selectedPath({ browsers, app }: IFiles): string {
  const items = [...(browsers?.tracker.currentWidget?.selectedItems() ?? [])];
  const path = items.length === 1 && items[0].type !== 'directory' ? items[0].path : '';
  return RUNNABLE.test(path) ? app.serviceManager.contents.localPath(path) : '';
}

/** The document in front, when it can be run. */
function documentPath({ documents, app }: IFiles): string {
  const widget = app.shell.currentWidget;
  const path = (widget && documents.contextForWidget(widget)?.path) ?? '';
  const { contents } = app.serviceManager;
  return RUNNABLE.test(path) && contents.driveName(path) === '' ? path : '';
}

async function ask({ documents, translator }: IFiles): Promise<string> {
  const { FileDialog } = await import('@jupyterlab/filebrowser');
  const trans = translator.load(DOMAIN);
  const result = await FileDialog.getOpenFiles({
    manager: documents,
    translator,
    title: trans.__('Choose a script or notebook to run'),
    filter: file => (file.type === 'directory' || RUNNABLE.test(file.name) ? {} : null)
  });
  const path = result.button.accept ? (result.value?.[0]?.path ?? '') : '';
  return RUNNABLE.test(path) ? path : '';
}

/** The job reads the file from the disk: what is open and changed is written first. */
async function save({ documents }: IFiles, path: string): Promise<void> {
  const widget = documents.findWidget(path);
  const document = widget && documents.contextForWidget(widget);
  if (document?.model.dirty) {
    await document.save();
  }
}
