import type { IFold, LogFact } from '../../api';
import type { IRawLine } from './lines';
import { Lines } from './lines';
import { Times } from './times';

/** What is known of a log: its newest lines, which bytes of the file they are, and when they were printed. */
export class LogText implements IFold<LogFact> {
  readonly lines = new Lines();
  readonly times = new Times();
  isEnded = false;
  trouble = '';
  /** Grows when the log began anew: what was asked for before belongs to another text. */
  beginnings = 0;

  /** The place of the first byte held here; 0 before anything came. */
  get start(): number {
    return this.lines.length > 0 ? this.lines.at(0) : this.end;
  }

  /** The place after the last byte that came. */
  get end(): number {
    return this._end ?? 0;
  }

  take(data: LogFact, isAnew: boolean): void {
    if (isAnew || this._wentBack(data)) {
      this._begin();
    }
    if (this._end !== null && data.start > this._end) {
      const count = data.start - this._end;
      this._gaps.push([this._end, data.start]);
      this.lines.append(`\n\x1b[2m… ${count} bytes left out …\x1b[0m\n`, this._end, data.start);
    }
    this.lines.append(data.text, data.start, data.end);
    this.times.add((data.times ?? []) as [number, number][]);
    this._gaps = this._gaps.filter(([, end]) => end > this.start);
    this._end = data.end;
    this.isEnded = data.ended === true;
    this.trouble = data.trouble ?? this.trouble;
  }

  /** Whether the byte at a place is here, and not in what was left out. */
  has(at: number): boolean {
    const isLeftOut = this._gaps.some(([first, end]) => at >= first && at < end);
    return at >= this.start && at < this.end && !isLeftOut;
  }

  /** Put earlier lines before what is here. */
  prepend(lines: readonly (IRawLine & { time: number | null })[]): void {
    this.lines.prepend(lines);
    this.times.addLines(lines);
  }

  private _wentBack({ text, start }: LogFact): boolean {
    return text !== '' && this._end !== null && start < this._end;
  }

  private _begin(): void {
    this.lines.clear();
    this.times.clear();
    this.beginnings++;
    this._end = null;
    this._gaps = [];
    this.trouble = '';
  }

  private _gaps: [number, number][] = [];
  private _end: number | null = null;
}
