import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import { ApiError } from '../../../api';
import { grow } from './drawing';
import type { IPiece, Mark } from './marks';
import { isUndo } from './marks';

/** Milliseconds between two writes, and before a write is tried again. */
const PAUSE = 50;
const RETRY = 1000;
/** So many marks go at once. */
const MOST_AT_ONCE = 100;

/**
 * Marks on their way to the server: one write at a time, and what comes meanwhile goes with the next.
 *
 * What could not be sent is sent again; what the server refuses is dropped. What waits when it is disposed of is sent
 * all the same, once.
 */
export class Outbox implements IDisposable {
  constructor(
    private readonly _send: (marks: readonly Mark[]) => Promise<void>,
    /** Whether anything can be sent by now. */
    private readonly _isOpen: () => boolean = () => true
  ) {}

  /** Something was sent, or dropped. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** What is not on the server yet, but for what was taken back meanwhile. */
  get pieces(): IPiece[] {
    const all = [...this._sending, ...this._queue];
    const undone = new Set(all.filter(isUndo).map(({ undo }) => undo));
    return all.filter((mark): mark is IPiece => !isUndo(mark) && !undone.has(mark.stroke));
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  put(mark: Mark): void {
    if (isUndo(mark)) {
      this._queue.push(mark);
    } else {
      grow(this._queue, mark);
    }
    this._sendSoon(PAUSE);
    this._changed.emit();
  }

  clear(): void {
    this._queue.length = 0;
  }

  /** Send what waits, now that it can be. */
  open(): void {
    if (this._queue.length > 0) {
      this._sendSoon(PAUSE);
    }
  }

  /** When nothing is on its way any more. */
  get rest(): Promise<void> {
    return this._rest;
  }

  get isResting(): boolean {
    return this._sending.length === 0;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      Signal.clearData(this);
      if (this._timer !== 0) {
        window.clearTimeout(this._timer);
        this._begin();
      }
    }
  }

  private _sendSoon(delay: number): void {
    const isIdle = this._timer === 0 && this.isResting;
    if (isIdle && !this._isDisposed && this._isOpen()) {
      this._timer = window.setTimeout(() => this._begin(), delay);
    }
  }

  private _begin(): void {
    this._rest = this._sendNow();
  }

  private async _sendNow(): Promise<void> {
    this._timer = 0;
    this._sending = this._queue.splice(0, MOST_AT_ONCE);
    let [delay, hasFailed] = [PAUSE, false];
    try {
      await this._send(this._sending);
    } catch (reason) {
      [delay, hasFailed] = [RETRY, true];
      if (!isRefused(reason)) {
        this._queue.unshift(...this._sending);
      }
    }
    this._sending = [];
    this._changed.emit();
    if (this._queue.length > 0) {
      if (this._isDisposed && !hasFailed) {
        await this._sendNow();
      }
      this._sendSoon(delay);
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _queue: Mark[] = [];
  private _sending: Mark[] = [];
  private _rest: Promise<void> = Promise.resolve();
  private _timer = 0;
  private _isDisposed = false;
}

/** Whether it makes no sense to send the same again. */
function isRefused(reason: unknown): boolean {
  return reason instanceof ApiError && reason.status < 500 && reason.status !== 429;
}
