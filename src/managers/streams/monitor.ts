import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { Stream } from '../../api/streams';
import type { IStates } from '../../tokens/state';
import type {
  IEventsOfStreams,
  IKeptThresholds,
  IMonitor,
  IMonitors,
  ISamples,
  ISamplesOfStreams,
  IShownSamples,
  IStreamEvents,
  IStreams,
  IThresholds,
  TimeRange
} from '../../tokens/streams';
import type { IHandle } from '../../tokens/workbench';
import { Lookback } from './lookback';
import { Thresholds } from './thresholds';
import { TimeView } from './timeview';

/** What all views of streams share. */
export interface IMonitorParts {
  streams: IStreams;
  samples: ISamplesOfStreams;
  events: IEventsOfStreams;
  states: () => IStates;
}

/** One stream as one view looks at it: which time, over which thresholds. */
export class MonitorModel implements IMonitor {
  constructor(
    private readonly _parts: IMonitorParts,
    readonly id: string,
    kept: IKeptThresholds,
    onKept: (kept: IKeptThresholds) => void,
    private readonly _now: () => number = Date.now
  ) {
    const { streams, samples, events, states } = _parts;
    this._samples = samples.acquire(id);
    this._events = events.acquire(id);
    this._past = new Lookback((...range) => streams.history(id, ...range));
    this.thresholds = new Thresholds({ stream: id, states, kept, onKept, now: _now });
    streams.changed.connect(this._onStreams, this);
    [this.thresholds, this._view, this._past, this._events.model].forEach(part =>
      (part.changed as ISignal<unknown, void>).connect(this._emit, this)
    );
    this._onStreams();
  }

  readonly thresholds: IThresholds;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get stream(): Stream | undefined {
    return this._parts.streams.find(this.id);
  }

  get samples(): ISamples {
    return this._samples.model;
  }

  get events(): IStreamEvents {
    return this._events.model;
  }

  get isLive(): boolean {
    return this._view.isLive;
  }

  get isLoading(): boolean {
    return !this.isLive && this._past.isLoading;
  }

  get pastError(): string {
    return this.isLive ? '' : this._past.error;
  }

  get isPending(): boolean {
    return this._parts.streams.isPending(this.id);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  shown(columns: number): IShownSamples {
    const range = this._view.range(this._ends);
    if (this.isLive) {
      return { columns: this.samples, range };
    }
    this._past.look(range, this._ends[1], columns);
    return { columns: this._past.columns, range };
  }

  goLive(): void {
    this._view.goLive();
  }

  pause(): void {
    this._standing(() => this._view.pause(this._ends));
  }

  pan(seconds: number): void {
    this._standing(() => this._view.pan(seconds, this._ends));
  }

  zoom(factor: number, around?: number): void {
    this._standing(() => this._view.zoom(factor, this._ends, around));
  }

  start(): Promise<void> {
    return this._parts.streams.start(this.id);
  }

  stop(): Promise<void> {
    return this._parts.streams.stop(this.id);
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._events.model.changed.disconnect(this._emit, this);
    this._parts.streams.changed.disconnect(this._onStreams, this);
    [this.thresholds, this._view, this._past, this._samples, this._events].forEach(part =>
      part.dispose()
    );
    Signal.clearData(this);
  }

  /** Do what may make the view stand still: what it shows then stays. */
  private _standing(move: () => void): void {
    if (this.isLive) {
      this._past.hold(this.samples);
    }
    move();
  }

  private get _ends(): TimeRange {
    const { time, length } = this.samples;
    if (length > 0) {
      return [time[0], time[length - 1]];
    }
    const now = this._now() / 1000;
    return [now - 60, now];
  }

  private _onStreams(): void {
    this.samples.keep(this.stream?.window ?? 0);
    this._emit();
  }

  private _emit(): void {
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _view = new TimeView();
  private readonly _past: Lookback;
  private readonly _samples: IHandle<ISamples>;
  private readonly _events: IHandle<IStreamEvents>;
  private _isDisposed = false;
}

/** Makes what views of streams look through. */
export class Monitors implements IMonitors {
  constructor(private readonly _parts: IMonitorParts) {}

  open(stream: string, kept: IKeptThresholds, onKept: (kept: IKeptThresholds) => void): IMonitor {
    return new MonitorModel(this._parts, stream, kept, onKept);
  }
}
