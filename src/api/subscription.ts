import type { IDisposable } from '@lumino/disposable';
import type { ErrorBody } from './types';

/** What the server sends on the live socket. */
export interface IFrame {
  topic: string;
  seq?: number;
  data?: unknown;
  error?: ErrorBody;
  /** The last frame of a topic that was left: those after it are for the next follower. */
  left?: boolean;
}

/** What a view wants of a topic. */
export interface ISubscribeOptions<T> {
  /** Called with each message, in order, none twice. */
  onData: (data: T, seq: number) => void;
  /** Called when the server refuses the topic. */
  onError?: (error: ErrorBody) => void;
  /** Where to go on; null begins with what the topic sends to newcomers. */
  since?: number | null;
  /** Seconds between two messages at least; null means as they come. */
  period?: number | null;
}

/** One topic that a view follows until it disposes of this. */
export interface ISubscription extends IDisposable {
  /** Change how often messages come. */
  setPeriod(period: number | null): void;
}

/** The state of one topic on the socket: its cursor, and which messages are stale. */
export class Subscription<T> implements ISubscription {
  constructor(
    readonly topic: string,
    private readonly _options: ISubscribeOptions<T>,
    private readonly _send: (command: object) => void,
    private readonly _leave: () => void
  ) {
    this._cursor = _options.since ?? null;
    this._period = _options.period ?? null;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Ask for the topic on a new socket, from the last message that came. */
  join(): void {
    this._fresh = true;
    this._ask();
  }

  setPeriod(period: number | null): void {
    if (period !== this._period) {
      this._period = period;
      this._isStale = true;
      this._askAnew();
    }
  }

  /** Hand on a message, unless it came before: after a resubscription one may still be on its way. */
  receive(frame: IFrame): void {
    if (frame.error) {
      this._options.onError?.(frame.error);
      return;
    }
    const seq = frame.seq ?? 0;
    if (
      !this._fresh &&
      this._cursor !== null &&
      seq <= this._cursor &&
      !isWord(frame, this._cursor)
    ) {
      return;
    }
    this._fresh = false;
    this._cursor = seq;
    this._options.onData(frame.data as T, seq);
    this._askAnew();
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._leave();
    }
  }

  /** Tell of a new period, once there is a cursor: asked twice from the beginning, all would come twice. */
  private _askAnew(): void {
    if (this._isStale && !this._fresh && !this._isDisposed) {
      this._ask();
    }
  }

  private _ask(): void {
    this._isStale = false;
    this._send({ subscribe: this.topic, since: this._cursor, period: this._period });
  }

  private _cursor: number | null;
  private _period: number | null;
  // A server that started anew may number from a lower place: its first message always counts.
  private _fresh = true;
  private _isStale = false;
  private _isDisposed = false;
}

/** Whether a message brings nothing new of the topic, but word of it: it bears the number of the last one. */
function isWord(frame: IFrame, cursor: number): boolean {
  const data = frame.data as { ended?: boolean; trouble?: string } | null;
  return frame.seq === cursor && (data?.ended === true || data?.trouble !== undefined);
}
