import type { ApiClient, LiveClient, LogData } from '../../api';
import { messageOf } from '../../api';
import type { ILog } from '../../tokens/logs';
import { Facts } from '../basics/facts';
import { Lines } from './lines';

const PAGE = 1024 * 1024;

/** The log of one job, followed by the topic `jobs/{id}/log` from its last part on. */
export class LogModel extends Facts implements ILog {
  constructor(
    private readonly _api: ApiClient,
    live: LiveClient,
    private readonly _job: string
  ) {
    super();
    this.own(
      live.subscribe<LogData>(`jobs/${_job}/log`, {
        onData: data => this._receive(data),
        onError: this.refused
      })
    );
  }

  get length(): number {
    return this._lines.length;
  }

  get earlier(): number {
    return this._lines.isCut ? 0 : (this._start ?? 0);
  }

  get isLoadingEarlier(): boolean {
    return this._isLoading;
  }

  get isCut(): boolean {
    return this._lines.isCut;
  }

  get isEnded(): boolean {
    return this._isEnded;
  }

  get trouble(): string {
    return this._trouble;
  }

  line(index: number): string {
    return this._lines.line(index);
  }

  key(index: number): number {
    return index + this._lines.offset;
  }

  async loadEarlier(): Promise<void> {
    const end = this.earlier;
    if (this._isLoading || end === 0) {
      return;
    }
    this._isLoading = true;
    this.emitChanged();
    try {
      const piece = await this._api.jobs.log(this._job, Math.max(0, end - PAGE), end);
      this._lines.prepend(piece.text);
      this._start = piece.start;
      this.arrived();
    } catch (error) {
      this._lines.append(`\n${messageOf(error)}\n`);
    } finally {
      this._isLoading = false;
      this.emitChanged();
    }
  }

  private _receive(data: LogData): void {
    this._start ??= data.start;
    if (this._end !== null && data.start > this._end) {
      this._lines.append(`\n\x1b[2m… ${data.start - this._end} bytes left out …\x1b[0m\n`);
    }
    this._lines.append(data.text);
    this._end = data.end;
    this._isEnded = data.ended === true;
    this._trouble = data.trouble ?? this._trouble;
    this.arrived();
  }

  private readonly _lines = new Lines();
  private _start: number | null = null;
  private _end: number | null = null;
  private _isLoading = false;
  private _isEnded = false;
  private _trouble = '';
}
