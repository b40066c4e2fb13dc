import type { LogLines } from '../../api';
import { messageOf } from '../../api';
import type { ILogExcerpt } from '../../tokens/logs';
import { Facts } from '../basics/facts';
import { Lines } from './lines';
import { Times } from './times';

/** Lines that are asked for at a time. */
const PAGE = 1000;
/** More lines than this are not kept: those far from the reader go. */
const MOST = 20_000;

/** Asks for lines around a byte. */
export type AskLines = (at: number, before: number, after: number) => Promise<LogLines>;

/** Lines from somewhere in a log. */
export class LogExcerpt extends Facts implements ILogExcerpt {
  constructor(private readonly _ask: AskLines) {
    super();
  }

  /** Lines around a byte. */
  static async around(ask: AskLines, at: number): Promise<LogExcerpt> {
    const excerpt = new LogExcerpt(ask);
    const { lines, start, end } = await ask(at, PAGE, PAGE);
    excerpt._lines.extend(lines, end);
    excerpt._times.addLines(lines);
    excerpt._start = start;
    excerpt.arrived();
    return excerpt;
  }

  get length(): number {
    return this._lines.length;
  }

  line(index: number): string {
    return this._lines.line(index);
  }

  key(index: number): number {
    return index + this._lines.offset;
  }

  at(index: number): number {
    return this._lines.at(index);
  }

  time(index: number): number | null {
    return this._times.of(this._lines.at(index));
  }

  get start(): number {
    return this._start;
  }

  get end(): number {
    return this._lines.end;
  }

  get isLoading(): boolean {
    return this._isLoading;
  }

  has(at: number): boolean {
    return at >= this.start && at < this.end;
  }

  async loadEarlier(): Promise<void> {
    if (this.start === 0) {
      return;
    }
    await this._load(async () => {
      const { lines, start } = await this._ask(this.start, PAGE, 1);
      this._lines.prepend(lines);
      this._times.addLines(lines);
      this._start = start;
      if (this.length > MOST) {
        this._lines.dropLast(this.length - MOST);
      }
    });
  }

  async loadLater(): Promise<void> {
    await this._load(async () => {
      const { lines, end } = await this._ask(this.end, 0, PAGE);
      this._lines.extend(lines, Math.max(end, this.end));
      this._times.addLines(lines);
      if (this.length > MOST) {
        this._lines.dropFirst(this.length - MOST);
        this._start = this._lines.at(0);
      }
    });
  }

  private async _load(act: () => Promise<void>): Promise<void> {
    if (this._isLoading || this.isDisposed) {
      return;
    }
    this._isLoading = true;
    this.emitChanged();
    try {
      await act();
      this.trouble = '';
    } catch (error) {
      this.trouble = messageOf(error);
    } finally {
      this._isLoading = false;
      if (!this.isDisposed) {
        this.emitChanged();
      }
    }
  }

  trouble = '';
  private readonly _lines = new Lines(Infinity);
  private readonly _times = new Times();
  private _start = 0;
  private _isLoading = false;
}
