import { joined, nameOf, parentOf } from '../../api/files/paths';
import type { ISending, IUploadOrder } from '../../api/files/uploads';
import { messageOf } from '../../api';
import type { IUpload, UploadState } from '../../tokens/files';
import { Speed } from './speed';

/** What an upload needs of its surroundings. */
export interface IUploadPlace {
  send: (order: IUploadOrder) => Promise<ISending>;
  now: () => number;
  /** Something of it changed; it may have left the line. */
  changed: (upload: FileUpload) => void;
}

/** What is to be sent, and where to. */
export type UploadWish = Pick<IUploadOrder, 'file' | 'folder' | 'path' | 'onTaken' | 'instead'>;

/** One file on its way: it waits, goes, stands still, and ends. */
export class FileUpload implements IUpload {
  constructor(
    readonly id: string,
    private readonly _wish: UploadWish,
    private readonly _place: IUploadPlace
  ) {
    this.name = nameOf(_wish.path);
    this.folder = joined(_wish.folder, parentOf(_wish.path));
    this.size = _wish.file.size;
  }

  readonly name: string;
  readonly folder: string;
  readonly size: number;

  get state(): UploadState {
    return this._state;
  }

  get sent(): number {
    return this._sent;
  }

  get speed(): number {
    return this._state === 'sending' ? this._speed.perSecond : 0;
  }

  get error(): string {
    return this._error;
  }

  /** Whether it takes one of the places of those that go. */
  get isGoing(): boolean {
    return this._state === 'sending' || this._state === 'stalled';
  }

  /** Go, or go on. */
  start(): void {
    this._become('sending');
    const attempt = ++this._attempt;
    this._sending ??= this._prepare();
    void this._sending.then(sending => void (this._isAt(attempt) && sending?.start()));
  }

  /** Take a place in the line again. */
  queue(): void {
    this._become('waiting');
  }

  /** Hold still; what has arrived is kept. */
  pause(): void {
    const wasGoing = this.isGoing;
    this._attempt++;
    this._become('paused');
    if (wasGoing) {
      void this._sending?.then(sending => sending?.pause());
    }
  }

  /** Try at once what waits for its next try. */
  nudge(): void {
    if (this._state === 'stalled') {
      this.pause();
      this.start();
    }
  }

  /** End it for good. */
  async cancel(): Promise<void> {
    this._attempt++;
    if (this._state === 'done') {
      return;
    }
    const sending = await this._sending;
    await sending?.cancel();
  }

  /** What sends it; null where that could not be prepared, which is told. */
  private async _prepare(): Promise<ISending | null> {
    try {
      return await this._place.send(this._order());
    } catch (error) {
      this._sending = null;
      this._fail(messageOf(error));
      return null;
    }
  }

  private _order(): IUploadOrder {
    return {
      ...this._wish,
      onProgress: sent => {
        if (this.isGoing) {
          this._sent = sent;
          this._speed.note(this._place.now(), sent);
          this._become('sending');
        }
      },
      onStalled: () => this.isGoing && this._become('stalled'),
      onDone: () => {
        this._sent = this.size;
        this._become('done');
      },
      onFailed: reason => this._fail(reason)
    };
  }

  /** Whether nobody has paused, cancelled or begun it anew meanwhile. */
  private _isAt(attempt: number): boolean {
    return attempt === this._attempt && this.isGoing;
  }

  private _fail(reason: string): void {
    this._error = reason;
    this._become('failed');
  }

  private _become(state: UploadState): void {
    if (state !== 'sending') {
      this._speed.reset();
    }
    if (state !== 'failed') {
      this._error = '';
    }
    this._state = state;
    this._place.changed(this);
  }

  private readonly _speed = new Speed();
  private _sending: Promise<ISending | null> | null = null;
  private _attempt = 0;
  private _state: UploadState = 'waiting';
  private _sent = 0;
  private _error = '';
}
