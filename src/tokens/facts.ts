import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

/** Something that shows facts of the server, and says when they changed. */
export interface IFacts extends IDisposable {
  /** Emitted after each change. */
  readonly changed: ISignal<IFacts, void>;
  /** Whether the first facts have come. */
  readonly isReady: boolean;
  /** Why there are none, in words; empty when all is well. */
  readonly error: string;
}
