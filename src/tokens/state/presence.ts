import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import type { Visitor } from '../../api/state';
import type { IFacts, IShown } from '../facts';

/** Where somebody is: the path of the browser's page, the page of a dashboard in it, and how far it is scrolled. */
export interface IPlace {
  readonly page: string;
  readonly title: string;
  readonly tab: string;
  /** From 0, the top, to 1, the end. */
  readonly scroll: number;
}

/** What a page lets others see of its pointer. */
export interface IMove {
  scroll?: number;
  /** From 0 to 1 of what is pointed at, from the left and from the top; null for nowhere. */
  cursor?: readonly [number, number] | null;
  /** Anything small that says what is chosen, such as a range of a text. */
  selection?: unknown;
}

/** Says where this page is, and brings it elsewhere. */
export interface IPlaceSource {
  readonly place: IPlace;
  readonly moved: ISignal<IPlaceSource, void>;
  /** Bring this page to where a colleague is. It may leave the page: then it is followed from there. */
  go(place: IPlace): void;
}

/** Who is here, and where. Colleagues come while somebody shows them; this page tells of itself without it. */
export interface IPresence extends IFacts, IShown {
  /** The session of this page. */
  readonly session: string;
  /** What the server says of this page; null before it has said anything. */
  readonly me: Visitor | null;
  /** Who else is here, by name; another page of the same person is somebody else. */
  readonly others: readonly Visitor[];
  /** Those of them who are on the same page of the browser, and in the same tab of it. */
  readonly here: readonly Visitor[];
  /** Whom this page follows; empty for nobody. Their page, tab and scroll are applied here. */
  readonly following: string;
  /** Tell of the pointer and of what is chosen, at most ten times a second. */
  move(move: IMove): void;
  /** Follow a colleague by their session; an empty one ends it. What the visitor does themselves ends it too. */
  follow(session: string): void;
  /** Have a source say where this page is, from now until this is disposed of; the last one counts. */
  locate(source: IPlaceSource): IDisposable;
}

export const IPresence = new Token<IPresence>(
  'jupyter-crispdm:IPresence',
  'Who is here, on which page, and the way to follow them.'
);
