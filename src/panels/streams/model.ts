import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IKeptThresholds, IMonitor } from '../../tokens/streams';
import { IMonitors, IStreams } from '../../tokens/streams';
import type { IWorkbench } from '../../tokens/workbench';

/** How the reader left the page; it comes back with the layout. */
export interface IStreamView extends IKeptThresholds {
  /** Seconds between two updates; null means as the samples come. */
  readonly period: number | null;
}

const PLAIN: IStreamView = { period: null, changes: [], isShared: false };

/** One stream, for as long as its page is open. */
export class StreamPageModel implements IDisposable {
  constructor(
    readonly workbench: IWorkbench,
    readonly id: string,
    view: Partial<IStreamView> = {}
  ) {
    this._view = { ...PLAIN, ...view };
    this.monitor = workbench.get(IMonitors).open(id, this._view, kept => this.setView(kept));
    this.streams = workbench.get(IStreams);
  }

  readonly monitor: IMonitor;
  readonly streams: IStreams;

  get view(): IStreamView {
    return this._view;
  }

  /** Emitted when the reader changed the view. */
  get viewChanged(): ISignal<this, IStreamView> {
    return this._viewChanged;
  }

  get isDisposed(): boolean {
    return this.monitor.isDisposed;
  }

  setView(change: Partial<IStreamView>): void {
    this._view = { ...this._view, ...change };
    this._viewChanged.emit(this._view);
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.monitor.dispose();
      Signal.clearData(this);
    }
  }

  private readonly _viewChanged = new Signal<this, IStreamView>(this);
  private _view: IStreamView;
}
