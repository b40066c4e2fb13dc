import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IFacts } from '../../../tokens/facts';
import type { IState, IStates } from '../../../tokens/state';
import type { IHandle } from '../../../tokens/workbench';

/** So many sheets are followed: somebody may still write on the last but one. */
const FOLLOWED = 2;
/** So many old sheets are read at once. */
const READ_AT_ONCE = 4;

type Sheet = IState<readonly unknown[]>;

const NOBODY: readonly [number, { model?: Sheet }] = [-1, {}];

/** What stands in one sheet now. */
export interface IRead {
  readonly at: number;
  readonly marks: readonly unknown[];
}

/** The sheets of one drawing: the newest are followed, each older one is read once and let go. */
export class Sheets implements IDisposable {
  constructor(
    private readonly _states: IStates,
    private readonly _key: string
  ) {}

  /** A sheet was read, or has grown. */
  get read(): ISignal<this, IRead> {
    return this._read;
  }

  get isReady(): boolean {
    return this._waiting.length === 0 && [...this._open.values()].every(one => one.model.isReady);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** The sheet that is written on. */
  get last(): Sheet | null {
    return this._open.get(this._count - 1)?.model ?? null;
  }

  /** Have so many sheets read. */
  show(count: number): void {
    const first = this._count;
    this._count = Math.max(count, first);
    for (let at = first; at < count; at++) {
      if (at < count - FOLLOWED) {
        this._waiting.push(at);
      } else {
        this._follow(at);
      }
    }
    this._letGo(at => at < this._count - FOLLOWED && !this._reading.has(at));
    this._readMore();
  }

  /** Read the sheet that was written on. */
  look(): void {
    if (this.last) {
      this._onSheet(this.last);
    }
  }

  /** Delete all sheets, for everybody. */
  async remove(): Promise<void> {
    for (let at = 0; at < this._count; at++) {
      const handle = this._take(at);
      // Somebody else may have cleared the board at the same time.
      await handle.model.remove().catch(() => undefined);
      handle.dispose();
    }
  }

  dispose(): void {
    this._isDisposed = true;
    this._letGo(() => true);
    Signal.clearData(this);
  }

  private _take(at: number): IHandle<Sheet> {
    return this._states.state(`${this._key}:${at}`);
  }

  private _follow(at: number): void {
    const handle = this._take(at);
    this._open.set(at, handle);
    handle.model.changed.connect(this._onSheet, this);
    this._onSheet(handle.model);
  }

  private _readMore(): void {
    while (this._reading.size < READ_AT_ONCE && this._waiting.length > 0) {
      const at = this._waiting.pop()!;
      this._reading.add(at);
      this._follow(at);
    }
  }

  private _onSheet(changed: IFacts): void {
    const [at, { model }] = [...this._open].find(([, one]) => one.model === changed) ?? NOBODY;
    if (!model?.isReady) {
      return;
    }
    this._read.emit({ at, marks: Array.isArray(model.value) ? model.value : [] });
    if (this._reading.delete(at)) {
      this._letGo(one => one === at && at < this._count - FOLLOWED);
      this._readMore();
    }
  }

  private _letGo(which: (at: number) => boolean): void {
    for (const [at, handle] of [...this._open]) {
      if (which(at)) {
        this._open.delete(at);
        handle.model.changed.disconnect(this._onSheet, this);
        handle.dispose();
      }
    }
  }

  private readonly _read = new Signal<this, IRead>(this);
  private readonly _open = new Map<number, IHandle<Sheet>>();
  private readonly _reading = new Set<number>();
  private readonly _waiting: number[] = [];
  private _count = 0;
  private _isDisposed = false;
}
