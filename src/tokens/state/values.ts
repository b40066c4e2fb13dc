import { Token } from '@lumino/coreutils';
import type { Doc, Text } from 'yjs';
import type { StateContent, StateValue } from '../../api/state';
import type { IFacts } from '../facts';
import type { IHandle } from '../workbench';

/** How a value is written. */
export interface IWriting {
  /** Whether others are refreshed by it. Default: true. */
  notify?: boolean;
}

/** How a value is set. */
export interface ISetting extends IWriting {
  /** The version that it must still have, 0 for none; else the promise is rejected with a 409. */
  ifVersion?: number;
}

/**
 * A value that all who use the server share, as this page knows it.
 *
 * What is written here is shown at once; `changed` is emitted for it, and for what others wrote, but not once more when
 * the server confirms what was written here. A write that is refused gives the value of the server back.
 */
export interface IState<T = unknown> extends IFacts {
  readonly key: string;
  /** What was written here last, or the newest that came; undefined where there is none. */
  readonly value: T | undefined;
  /** What the server confirmed last; 0 for a value that does not exist. */
  readonly version: number;
  /** Who wrote it, and when (ISO 8601); empty where it does not exist. */
  readonly by: string;
  readonly updated: string;
  /** What lies beside the value as bytes: a picture, an array; null where there is nothing. */
  readonly content: StateContent | null;
  /** Whether something written here is not confirmed yet. */
  readonly isWriting: boolean;
  /**
   * Write a value. It may be called as often as a pointer moves: at most 20 writes a second are sent, the last always.
   * The promise is fulfilled when this value, or one that was set after it, has arrived.
   */
  set(value: T, setting?: ISetting): Promise<void>;
  /** Set fields of a value that is an object. */
  update(values: Partial<T>, writing?: IWriting): Promise<T>;
  /** Append to a value that is a list; `keep` says how many of the last items stay. */
  append(
    values: T extends readonly (infer I)[] ? readonly I[] : readonly unknown[],
    keep?: number
  ): Promise<T>;
  /** Add to a value that is a number. */
  increment(by?: number): Promise<T>;
  /** Delete the value. */
  remove(): Promise<void>;
  /** Have everybody refreshed. */
  notify(): Promise<void>;
}

/**
 * A text that several people write at once, as this page knows it.
 *
 * `doc` is a Yjs document with the text under the name "text". What is written into it is sent, also after a cut: then
 * each side sends what the other lacks. `changed` tells of `isConnected`, `isSaved`, `isReady` and `error`; of the text
 * itself the document tells.
 */
export interface ISharedText extends IFacts {
  readonly key: string;
  readonly doc: Doc;
  readonly text: Text;
  /** Whether the live connection is there. */
  readonly isConnected: boolean;
  /** Whether the server has all that was written here. */
  readonly isSaved: boolean;
}

/** Values and texts that all who use the server share. What is acquired is followed until its handle is disposed of. */
export interface IStates {
  /** The session of this page: what it wrote is told to it by this name. */
  readonly session: string;
  state<T = unknown>(key: string): IHandle<IState<T>>;
  /** A text; Yjs is loaded with the first. */
  text(key: string): Promise<IHandle<ISharedText>>;
  /** Where the bytes beside a value are, for pictures and downloads; another address for each content. */
  contentUrl(key: string, content: StateContent): string;
  /** Put bytes in the place of a value. */
  putContent(key: string, content: Blob, meta?: object, setting?: ISetting): Promise<StateValue>;
}

export const IStates = new Token<IStates>(
  'jupyter-crispdm:IStates',
  'Values and texts that all who use the server share.'
);
