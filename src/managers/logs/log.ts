import type { ApiClient, IFollower, LiveClient } from '../../api';
import { messageOf } from '../../api';
import { TrackingApi } from '../../api/tracking';
import type {
  ILog,
  ILogError,
  ILogExcerpt,
  ILogFound,
  ILogMatch,
  ILogQuery
} from '../../tokens/logs';
import { Facts } from '../basics/facts';
import type { AskLines } from './excerpt';
import { LogExcerpt } from './excerpt';
import { LogText } from './text';

/** Lines that are loaded before the first one at a time. */
const PAGE = 5000;

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

  get start(): number {
    return this._text.start;
  }

  get end(): number {
    return this._text.end;
  }

  get size(): number {
    return this._text.end;
  }

  get beginnings(): number {
    return this._text.beginnings;
  }

  get isLoadingEarlier(): boolean {
    return this._isLoading;
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

  at(index: number): number {
    return this._text.lines.at(index);
  }

  time(index: number): number | null {
    return this._text.times.of(this.at(index));
  }

  has(at: number): boolean {
    return this._text.has(at);
  }

  async loadEarlier(): Promise<void> {
    if (this._isLoading || this.start === 0) {
      return;
    }
    this._isLoading = true;
    this.emitChanged();
    try {
      await this._load();
    } catch (error) {
      this._text.lines.append(`\n${messageOf(error)}\n`, this.end, this.end);
    } finally {
      this._isLoading = false;
      this.emitChanged();
    }
  }

  excerpt(at: number): Promise<ILogExcerpt> {
    const ask: AskLines = (place, before, after) =>
      this._api.lines(this._job, { at: place, before, after });
    return LogExcerpt.around(ask, at);
  }

  async search(
    query: ILogQuery,
    begin: number,
    signal: AbortSignal
  ): Promise<ILogFound<ILogMatch>> {
    const found = await this._api.search(this._job, { ...query, begin }, signal);
    const { matches, next, whole } = found;
    return { found: matches as ILogMatch[], next, whole };
  }

  async errors(begin: number, signal: AbortSignal): Promise<ILogFound<ILogError>> {
    const { errors, next, whole } = await this._api.errors(this._job, begin, signal);
    return { found: errors, next, whole };
  }

  private async _load(): Promise<void> {
    const { beginnings, start } = this._text;
    const { lines } = await this._api.lines(this._job, { at: start, before: PAGE, after: 1 });
    if (beginnings === this._text.beginnings) {
      this._text.prepend(lines);
      this.arrived();
    }
  }

  private readonly _api: TrackingApi;
  private readonly _topic: string;
  private _text = new LogText();
  private _isLoading = false;
}
