import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { Contents } from '@jupyterlab/services';
import { ServerConnection } from '@jupyterlab/services';
import type { IPresentFile } from '../../tokens/history';

/** What Lab holds of an open document. */
type Context = NonNullable<ReturnType<IDocumentManager['contextForWidget']>>;

/** A file as it lies on the disk; null where there is none. */
export async function presentFile(
  contents: Contents.IManager,
  path: string
): Promise<IPresentFile | null> {
  try {
    const { size } = await contents.get(path, { content: false });
    return { size: size ?? 0, read: () => readFile(contents, path) };
  } catch (error) {
    if (error instanceof ServerConnection.ResponseError && error.response.status === 404) {
      return null;
    }
    throw error;
  }
}

/** Byte by byte: as text or notebook the server would read it for Lab, and refuse what is none. */
async function readFile(contents: Contents.IManager, path: string): Promise<Uint8Array> {
  const answer = await contents.get(path, { type: 'file', format: 'base64', content: true });
  return Uint8Array.from(atob(String(answer.content)), letter => letter.charCodeAt(0));
}

/** What is open in Lab of one file: several views may share a document, and some have one of their own. */
export class OpenDocuments {
  constructor(app: JupyterFrontEnd, documents: IDocumentManager, path: string) {
    const widgets = [...app.shell.widgets('main')];
    const all = widgets.flatMap(widget => documents.contextForWidget(widget) ?? []);
    this._contexts = [...new Set(all.filter(context => context.path === path))];
  }

  get isOpen(): boolean {
    return this._contexts.length > 0;
  }

  get isChanged(): boolean {
    return this._changed.length > 0;
  }

  /** Save what is changed. Rejects when something of it is not saved. */
  async save(): Promise<void> {
    for (const context of this._changed) {
      await context.save();
    }
    if (this.isChanged) {
      throw new Error('The open document was not saved.');
    }
  }

  /** Show what lies on the disk now. */
  async revert(): Promise<void> {
    for (const context of this._contexts) {
      await context.revert();
    }
  }

  private get _changed(): readonly Context[] {
    return this._contexts.filter(({ model }) => model.dirty);
  }

  private readonly _contexts: readonly Context[];
}
