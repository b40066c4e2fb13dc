import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { Life } from '../../components/desk/lifebanner';
import type { IConnection } from '../../tokens/connection';
import type { IPageSaver } from '../../tokens/snapshots';
import { isGone } from '../snapshots/kernel';

/** A kernel as the managers of widgets hold it. */
export interface IKernel {
  readonly status: string;
  readonly connectionStatus: string;
  readonly statusChanged: ISignal<IKernel, unknown>;
  readonly connectionStatusChanged: ISignal<IKernel, unknown>;
  reconnect(): Promise<void>;
}

/** Asks the server whether the kernel is there still. */
export type Exists = () => Promise<boolean>;

/** What a page has that is lost when it is made anew. */
export interface IUnsaved {
  /** What saves it; without any nothing is saved. */
  savers(): readonly Pick<IPageSaver, 'state' | 'flush'>[];
  /** Whether something was typed that nobody saves, or somebody types now. */
  isTyped(): boolean;
}

const LOOK_AFTER = 1000;
/** How long a click waits for what is not saved yet. */
const MOST_LOOKS = 3;
/** A page that was made anew by itself stays so long: one whose program ends at once would never rest. */
const REST = 60_000;
const WENT_ON = 'crispdm-went-on';

/**
 * Watches over what a page lives from, and makes it anew when its kernel is gone and its server is there: by itself
 * once all is saved, else when its user wants it.
 */
export class Lifeline implements IDisposable {
  constructor(
    private readonly _connection: IConnection,
    private readonly _kernel: IKernel | null,
    /** What must be saved first; null where the page is not made anew by us. */
    private readonly _unsaved: IUnsaved | null,
    private readonly _exists: Exists = () => Promise.resolve(true),
    private readonly _reload: () => void = () => window.location.reload()
  ) {
    _connection.stateChanged.connect(this._onConnection, this);
    _kernel?.statusChanged.connect(this._onKernel, this);
    _kernel?.connectionStatusChanged.connect(this._onKernel, this);
    this._onKernel();
  }

  get life(): Life {
    return this._life;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Go on as soon as can be: what is not saved is sent, and has a moment to arrive. */
  goOn(): void {
    this._wish = MOST_LOOKS;
    this._connection.reconnect();
    this._look();
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      window.clearInterval(this._timer);
      this._connection.stateChanged.disconnect(this._onConnection, this);
      this._kernel?.statusChanged.disconnect(this._onKernel, this);
      this._kernel?.connectionStatusChanged.disconnect(this._onKernel, this);
      Signal.clearData(this);
    }
  }

  /** A server that is back knows best whether the kernel is there still. */
  private _onConnection(): void {
    const { state } = this._connection;
    this._wasLost ||= state === 'lost';
    if (state === 'open' && this._wasLost && this._kernel?.connectionStatus !== 'connected') {
      void this._ask();
    }
    this._update();
  }

  /** A server that was killed took its kernels along; whoever only tries to reach one hears of it late. */
  private async _ask(): Promise<void> {
    try {
      if (await this._exists()) {
        await this._kernel?.reconnect();
      } else {
        this._isKernelGone = true;
      }
    } catch {
      return; // the server is gone again: it is asked anew when it is back
    }
    if (!this._isDisposed) {
      this._update();
    }
  }

  private _onKernel(): void {
    // A kernel that was started anew knows nothing of this page.
    this._isKernelGone ||= this._kernel !== null && isGone(this._kernel.status);
    this._update();
  }

  private _update(): void {
    const life = this._read();
    if (life !== this._life) {
      this._life = life;
      this._changed.emit();
    }
    window.clearInterval(this._timer);
    if (this._unsaved && life !== 'well') {
      this._timer = window.setInterval(() => this._look(), LOOK_AFTER);
    }
  }

  private _read(): Life {
    const { state } = this._connection;
    if (state === 'refused') {
      return 'refused';
    }
    const isBack = state === 'open' || state === 'idle';
    this._wasLost &&= !(isBack && this._kernel?.connectionStatus === 'connected');
    if (state === 'lost') {
      return 'server-gone';
    }
    if (this._isKernelGone) {
      return 'kernel-gone';
    }
    return this._wasLost && this._kernel ? 'server-gone' : 'well';
  }

  /** Make the page anew if now is the time for it. */
  private _look(): void {
    if (!this._unsaved || this._life === 'well') {
      return;
    }
    const isThere = this._connection.state !== 'lost';
    const savers = this._unsaved.savers();
    savers.forEach(saver => isThere && saver.flush());
    const isSaved = savers.every(({ state }) => state.kind === 'saved');
    if (this._wish > 0 && isThere) {
      this._wish -= 1;
      if (isSaved || this._wish === 0 || this._life === 'refused') {
        this._reload();
      }
    } else if (isThere && isSaved && savers.length > 0 && this._mayByItself()) {
      window.sessionStorage.setItem(WENT_ON, String(Date.now()));
      this._reload();
    }
  }

  private _mayByItself(): boolean {
    const last = Number(window.sessionStorage.getItem(WENT_ON) ?? 0);
    return (
      this._life === 'kernel-gone' &&
      !document.hidden &&
      !this._unsaved?.isTyped() &&
      Math.abs(Date.now() - last) > REST // also where the clock was set back since
    );
  }

  private readonly _changed = new Signal<this, void>(this);
  private _life: Life = 'well';
  private _isKernelGone = false;
  private _wasLost = false;
  private _wish = 0;
  private _timer = 0;
  private _isDisposed = false;
}
