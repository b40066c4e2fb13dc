import type { ApiClient, IFollower, LiveClient } from '../../api';
import { messageOf } from '../../api';
import { TrackingApi } from '../../api/tracking';
import type { ILog } from '../../tokens/logs';
import { Facts } from '../basics/facts';
import { LogText } from './text';

const PAGE = 1024 * 1024;

/** The log of one job, followed by the topic `jobs/{id}/log` from its last part on while somebody looks at it. */
export class LogModel extends Facts implements ILog {
  constructor(
    api: ApiClient,
    private readonly _live: LiveClient,
    private readonly _job: string
  ) {
    super();
    this._api = new TrackingApi(api);
    this._topic = `jobs/${_job}/log`;
    this.own(
      _live.follow(this._topic, {
        fold: () => new LogText(),
        need: { isVisible: false },
        onData: (text: LogText) => {
          this._text = text;
          this.arrived();
        },
        onError: this.refused
      })
    );
  }

  get length(): number {
    return this._text.lines.length;
  }

  get earlier(): number {
    return this.isCut ? 0 : this._text.start;
  }

  get isLoadingEarlier(): boolean {
    return this._isLoading;
  }

  get isCut(): boolean {
    return this._text.lines.isCut;
  }

  get isEnded(): boolean {
    return this._text.isEnded;
  }

  get trouble(): string {
    return this._text.trouble;
  }

  show(period: number | null = null): IFollower {
    return this._live.follow(this._topic, {
      fold: () => new LogText(),
      need: { period },
      onData: () => undefined
    });
  }

  line(index: number): string {
    return this._text.lines.line(index);
  }

  key(index: number): number {
    return index + this._text.lines.offset;
  }

  async loadEarlier(): Promise<void> {
    const end = this.earlier;
    if (this._isLoading || end === 0) {
      return;
    }
    this._isLoading = true;
    this.emitChanged();
    try {
      await this._load(end);
    } catch (error) {
      this._text.lines.append(`\n${messageOf(error)}\n`);
    } finally {
      this._isLoading = false;
      this.emitChanged();
    }
  }

  private async _load(end: number): Promise<void> {
    const { beginnings } = this._text;
    const piece = await this._api.log(this._job, Math.max(0, end - PAGE), end);
    if (beginnings === this._text.beginnings) {
      this._text.prepend(piece);
      this.arrived();
    }
  }

  private readonly _api: TrackingApi;
  private readonly _topic: string;
  private _text = new LogText();
  private _isLoading = false;
}
