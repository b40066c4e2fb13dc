import type { IDisposable } from '@lumino/disposable';
import type { ErrorBody } from '../types';
import { Cursor } from './cursor';
import type { IFold } from './folds';
import type { Command, IFrame, Period } from './frames';
import { keyOf } from './packed';

/** What a view needs of a topic now. */
export interface INeed {
  /** Seconds between two messages at least, or when an epoch of the training is over; null means as they come. */
  period: Period;
  /** Whether somebody can see the view. A hidden one costs nothing; it is right when it is shown again. */
  isVisible: boolean;
  /** Whether it needs the topic also while the whole page is hidden. */
  inBackground: boolean;
}

/** What a view wants of a topic, and where it is told. */
export interface IFollowOptions<F extends IFold<D>, D> {
  /** Makes the state of the topic; called for its first follower, shared with the later ones. */
  fold: () => F;
  /** Called after each message that counts; with null when there was a state already before one came. */
  onData: (state: F, data: D | null) => void;
  /** Called when the server refuses the topic. */
  onError?: (error: ErrorBody) => void;
  need?: Partial<INeed>;
  /** Whether the fold takes columns of numbers too, so that curves may come in few bytes: see packed.ts. */
  isPacked?: boolean;
}

/** One follower of a topic, until it disposes of this. */
export interface IFollower extends IDisposable {
  /** Say what is needed now. */
  change(need: Partial<INeed>): void;
}

/** Several followers as one. */
export function followAll(followers: readonly IFollower[]): IFollower {
  return new Follower(
    need => followers.forEach(follower => follower.change(need)),
    () => followers.forEach(follower => follower.dispose())
  );
}

const NEED: INeed = { period: null, isVisible: true, inBackground: false };

/** What stands between the coordinator and the server. */
export interface ICoordinatorPort {
  /** Put a command on the socket. Called only while it is open. */
  send: (command: Command) => void;
  /** Called when a topic is needed while none was, or none any more. */
  onDemand: (isNeeded: boolean) => void;
}

/**
 * All topics that the views of a page follow, each followed once whoever asks for it.
 *
 * The fastest period wins; a topic that no visible view needs is left, with its state and place kept. It knows no
 * socket and no clock: its owner says when a socket is open and hands it what comes.
 */
export class Coordinator {
  constructor(private readonly _port: ICoordinatorPort) {}

  /** The topics that somebody follows, shown or hidden. */
  get topics(): readonly string[] {
    return [...this._topics.keys()];
  }

  /** Whether a topic is needed now. */
  get isNeeded(): boolean {
    return [...this._topics.values()].some(topic => this._periodOf(topic) !== undefined);
  }

  follow<F extends IFold<D>, D>(topic: string, options: IFollowOptions<F, D>): IFollower {
    const entry = this._topics.get(topic) ?? newTopic(topic, options.fold());
    this._topics.set(topic, entry);
    if (options.isPacked) {
      this._keys.set(entry.key, this._keys.get(entry.key) ?? topic);
    }
    const member = {
      need: { ...NEED, ...options.need },
      options: options as unknown as AnyOptions
    };
    entry.members.add(member);
    tellState(entry, member);
    this._arrange(entry);
    return new Follower(
      need => {
        member.need = { ...member.need, ...need };
        this._arrange(entry);
      },
      () => this._leave(entry, member)
    );
  }

  /** Whether somebody can see the page. */
  set isPageVisible(isVisible: boolean) {
    this._isPageVisible = isVisible;
    this._topics.forEach(entry => this._arrange(entry));
  }

  /** A new socket is open: ask for all that is needed. */
  opened(): void {
    this._isOpen = true;
    this._goodbyes.clear();
    this._topics.forEach(entry => {
      entry.asked = undefined;
      this._arrange(entry);
    });
  }

  /** The socket is gone. */
  closed(): void {
    this._isOpen = false;
  }

  /** The topic that a packed frame is of. */
  topicOf(key: number): string | undefined {
    return this._keys.get(key);
  }

  /** Take a frame that came on the open socket. */
  receive(frame: IFrame): void {
    const goodbyes = this._goodbyes.get(frame.topic) ?? 0;
    const entry = this._topics.get(frame.topic);
    if (frame.left) {
      this._goodbyes.set(frame.topic, Math.max(0, goodbyes - 1));
    } else if (goodbyes === 0 && entry?.asked !== undefined) {
      this._take(entry, frame);
    }
  }

  /** Forget everything. */
  clear(): void {
    this._topics.clear();
    this._keys.clear();
    this._isOpen = false;
  }

  private _take(entry: ITopic, frame: IFrame): void {
    const { error } = frame;
    if (error) {
      entry.error = error;
      each(entry, options => options.onError?.(error));
      return;
    }
    const verdict = entry.cursor.take(frame);
    if (verdict === 'hole') {
      this._ask(entry, entry.asked ?? null);
    } else if (verdict !== 'known') {
      entry.error = null;
      entry.hasState = true;
      guarded(() => entry.fold.take(frame.data, verdict === 'anew'));
      each(entry, options => options.onData(entry.fold, frame.data));
    }
  }

  private _leave(entry: ITopic, member: IMember): void {
    entry.members.delete(member);
    if (entry.members.size === 0) {
      this._topics.delete(entry.name);
      this._forgetKey(entry);
    }
    this._arrange(entry);
  }

  /** Make the subscription of a topic what its followers need now. */
  private _arrange(entry: ITopic): void {
    const period = this._periodOf(entry);
    if (this._isOpen && period !== entry.asked) {
      if (period === undefined) {
        this._stop(entry);
      } else {
        this._ask(entry, period);
      }
    }
    this._tellDemand();
  }

  /** The period that serves all who need the topic now; undefined when nobody does. */
  private _periodOf({ members }: ITopic): Period | undefined {
    const periods = [...members]
      .filter(({ need }) => need.isVisible && (this._isPageVisible || need.inBackground))
      .map(({ need }) => (need.period === 'epoch' ? Infinity : (need.period ?? 0)));
    const least = Math.min(...periods) || null;
    return periods.length === 0 ? undefined : least === Infinity ? 'epoch' : least;
  }

  private _ask(entry: ITopic, period: Period): void {
    this._stop(entry);
    entry.asked = period;
    this._port.send(entry.cursor.ask(period, this._keys.get(entry.key) === entry.name));
  }

  /** Two topics may have one key, once in a blue moon: then only the first of them comes packed. */
  private _forgetKey(entry: ITopic): void {
    if (this._keys.get(entry.key) === entry.name) {
      this._keys.delete(entry.key);
    }
  }

  /** Until the server has said goodbye too, what comes belongs to the subscription that is over. */
  private _stop(entry: ITopic): void {
    if (entry.asked !== undefined) {
      entry.asked = undefined;
      this._goodbyes.set(entry.name, (this._goodbyes.get(entry.name) ?? 0) + 1);
      this._port.send({ unsubscribe: entry.name });
    }
  }

  private _tellDemand(): void {
    const { isNeeded } = this;
    if (isNeeded !== this._wasNeeded) {
      this._wasNeeded = isNeeded;
      this._port.onDemand(isNeeded);
    }
  }

  private readonly _topics = new Map<string, ITopic>();
  private readonly _keys = new Map<number, string>();
  /** How many goodbyes of a topic the server has not answered on this socket. */
  private readonly _goodbyes = new Map<string, number>();
  private _isOpen = false;
  private _isPageVisible = true;
  private _wasNeeded = false;
}

// A topic holds followers of one kind of data; which, the coordinator does not need to know.
type AnyOptions = IFollowOptions<IFold<unknown>, unknown>;

interface IMember {
  need: INeed;
  readonly options: AnyOptions;
}

interface ITopic {
  readonly name: string;
  /** What stands for it in packed frames. */
  readonly key: number;
  readonly cursor: Cursor;
  readonly fold: IFold<unknown>;
  readonly members: Set<IMember>;
  /** The period of the subscription on this socket; undefined without one. */
  asked: Period | undefined;
  hasState: boolean;
  error: ErrorBody | null;
}

function newTopic(name: string, fold: IFold<never>): ITopic {
  return {
    name,
    key: keyOf(name),
    cursor: new Cursor(name),
    fold: fold,
    members: new Set(),
    asked: undefined,
    hasState: false,
    error: null
  };
}

/** Tell a new follower what is known already. */
function tellState({ fold, hasState, error }: ITopic, { options }: IMember): void {
  if (hasState) {
    guarded(() => options.onData(fold, null));
  }
  if (error !== null) {
    guarded(() => options.onError?.(error));
  }
}

/** Tell all who follow a topic now; one that fails spoils it for no other. */
function each({ members }: ITopic, tell: (options: AnyOptions) => void): void {
  [...members].forEach(({ options }) => guarded(() => tell(options)));
}

function guarded(call: () => void): void {
  try {
    call();
  } catch (error) {
    console.error('A message of the server could not be taken over.', error);
  }
}

class Follower implements IFollower {
  constructor(
    readonly change: (need: Partial<INeed>) => void,
    private readonly _leave: () => void
  ) {}

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._leave();
    }
  }

  private _isDisposed = false;
}
