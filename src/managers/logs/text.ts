import type { IFold, LogFact } from '../../api';
import type { ILogPiece } from '../../api/tracking';
import { Lines } from './lines';

/** What is known of a log: its lines, and which bytes of the file they are. */
export class LogText implements IFold<LogFact> {
  readonly lines = new Lines();
  isEnded = false;
  trouble = '';
  /** Grows when the log began anew: what was asked for before belongs to another text. */
  beginnings = 0;

  /** The place of the first byte held here; 0 before anything came. */
  get start(): number {
    return this._start ?? 0;
  }

  take(data: LogFact, isAnew: boolean): void {
    if (isAnew || this._wentBack(data)) {
      this._begin();
    }
    this._start ??= data.start;
    if (this._end !== null && data.start > this._end) {
      this.lines.append(`\n\x1b[2m… ${data.start - this._end} bytes left out …\x1b[0m\n`);
    }
    this.lines.append(data.text);
    this._end = data.end;
    this.isEnded = data.ended === true;
    this.trouble = data.trouble ?? this.trouble;
  }

  /** Put an earlier piece before what is here. */
  prepend(piece: ILogPiece): void {
    this.lines.prepend(piece.text);
    this._start = piece.start;
  }

  private _wentBack({ text, start }: LogFact): boolean {
    return text !== '' && this._end !== null && start < this._end;
  }

  private _begin(): void {
    this.lines.clear();
    this.beginnings++;
    this._start = this._end = null;
    this.trouble = '';
  }

  private _start: number | null = null;
  private _end: number | null = null;
}
