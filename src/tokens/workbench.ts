import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { IConnection } from './connection';

/** One of the models that several views share; it lives until the last of them disposes of its handle. */
export interface IHandle<T> extends IDisposable {
  readonly model: T;
}

/** Models by key: each is made for the first view that asks for it. */
export interface ISharedModels<T> {
  acquire(key: string): IHandle<T>;
}

/** All that the views of a page share. */
export interface IWorkbench {
  readonly connection: IConnection;
  /** What a room shares under a token of its own; made when it is first asked for. */
  get<T>(token: Token<T>): T;
}

export const IWorkbench = new Token<IWorkbench>(
  'jupyter-crispdm:IWorkbench',
  'The facts of the server, live, shared by all views of the page.'
);
