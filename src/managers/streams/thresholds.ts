import { Debouncer } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import { messageOf } from '../../api';
import type { IState, IStates } from '../../tokens/state';
import type { IKeptThresholds, IThresholdChange, IThresholds } from '../../tokens/streams';
import type { IHandle } from '../../tokens/workbench';

/** So many changes are remembered. */
export const MOST_CHANGES = 200;
/** Milliseconds without another move after which a threshold counts as changed. */
const SETTLED = 300;

type Pair = Pick<IThresholdChange, 'anomaly' | 'display'>;

/** Thresholds where nobody has chosen any. */
export const USUAL: Pair = { anomaly: 0.5, display: 0 };

/**
 * Thresholds of the reader alone, or those that all share under `monitor:{stream}`.
 *
 * Either is a list of changes of which the last one holds, so that it is known from when on which held. What is moved
 * is shown at once, and becomes a change when it rests.
 */
export class Thresholds implements IThresholds {
  constructor(private readonly _options: Thresholds.IOptions) {
    const { kept } = _options;
    this._own = read(kept.changes);
    this._settle = new Debouncer(() => this._write(), SETTLED);
    this._follow(kept.isShared);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get anomaly(): number {
    return this._now.anomaly;
  }

  get display(): number {
    return this._now.display;
  }

  get changes(): readonly IThresholdChange[] {
    return this._shared ? this._sharedChanges : this._own;
  }

  get isShared(): boolean {
    return this._shared !== null;
  }

  get by(): string {
    return this._shared?.model.by ?? '';
  }

  get error(): string {
    return this._error || (this._shared?.model.error ?? '');
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  set(change: Partial<Pair>): void {
    const { anomaly, display } = this._now;
    this._moved = { anomaly, display, ...change };
    void this._settle.invoke().catch(() => undefined);
    this._changed.emit();
  }

  share(isShared: boolean): void {
    if (isShared !== this.isShared) {
      this._moved = null;
      this._follow(isShared);
      this._keep();
      this._changed.emit();
    }
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._settle.dispose();
      this._leave();
      Signal.clearData(this);
    }
  }

  private get _now(): Pair {
    return this._moved ?? this.changes.at(-1) ?? USUAL;
  }

  private _follow(isShared: boolean): void {
    this._leave();
    if (isShared) {
      const { states, stream } = this._options;
      this._shared = states().state<readonly IThresholdChange[]>(`monitor:${stream}`);
      this._shared.model.changed.connect(this._onShared, this);
      this._onShared();
    }
  }

  private _leave(): void {
    this._shared?.model.changed.disconnect(this._onShared, this);
    this._shared?.dispose();
    this._shared = null;
  }

  private _onShared(): void {
    this._sharedChanges = read(this._shared?.model.value);
    this._changed.emit();
  }

  /** What was moved rests: from now on it holds. */
  private async _write(): Promise<void> {
    const moved = this._moved;
    if (moved === null) {
      return;
    }
    const change = { time: this._options.now() / 1000, ...moved };
    try {
      this._error = '';
      await this._add(change);
    } catch (error) {
      this._error = messageOf(error);
    }
    if (this._moved === moved) {
      this._moved = null;
    }
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private async _add(change: IThresholdChange): Promise<void> {
    const shared = this._shared?.model;
    if (!shared) {
      this._own = [...this._own, change].slice(-MOST_CHANGES);
      this._keep();
    } else if (shared.value === undefined || Array.isArray(shared.value)) {
      await shared.append([change], MOST_CHANGES);
    } else {
      await shared.set([change]);
    }
  }

  private _keep(): void {
    this._options.onKept({ changes: this._own, isShared: this.isShared });
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _settle: Debouncer;
  private _own: readonly IThresholdChange[];
  private _shared: IHandle<IState<readonly IThresholdChange[]>> | null = null;
  private _sharedChanges: readonly IThresholdChange[] = [];
  /** Where they are while somebody moves them. */
  private _moved: Pair | null = null;
  private _error = '';
  private _isDisposed = false;
}

/** A namespace for the model's statics. */
export namespace Thresholds {
  /** What the model needs. */
  export interface IOptions {
    stream: string;
    /** What everybody shares; asked for when thresholds are. */
    states: () => IStates;
    kept: IKeptThresholds;
    onKept: (kept: IKeptThresholds) => void;
    /** Milliseconds since the epoch. */
    now: () => number;
  }
}

/** What of a value that anybody may have written are changes of thresholds; one pair alone holds from ever. */
function read(value: unknown): readonly IThresholdChange[] {
  const found = (Array.isArray(value) ? value : [value]).filter(isPair);
  return found
    .map(change => ({ ...USUAL, ...change, time: Number(change.time) || 0 }))
    .sort((a, b) => a.time - b.time);
}

function isPair(value: unknown): value is Partial<IThresholdChange> {
  const { anomaly, display } = (value ?? {}) as Partial<IThresholdChange>;
  const isShare = (one: unknown): boolean =>
    one === undefined || (typeof one === 'number' && one >= 0 && one <= 1);
  return (anomaly !== undefined || display !== undefined) && isShare(anomaly) && isShare(display);
}
