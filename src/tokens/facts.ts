import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import type { IFollower, Period } from '../api';

/** Something that shows facts of the server, and says when they changed. */
export interface IFacts extends IDisposable {
  /** Emitted after each change. */
  readonly changed: ISignal<IFacts, void>;
  /** Whether the first facts have come. */
  readonly isReady: boolean;
  /** Why there are none, in words; empty when all is well. */
  readonly error: string;
}

/** Something that costs only while a view shows it. */
export interface IShown {
  /** Have it come until the answer is disposed of, at most every `period` seconds, or once an epoch; null as it comes. */
  show(period?: Period): IFollower;
}

/** Facts that come while a view shows them. What is known stays, and is right at once when it is shown again. */
export interface IShownFacts extends IFacts, IShown {}
