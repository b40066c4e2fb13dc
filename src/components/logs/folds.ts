import type { ILogLines } from '../../tokens/logs';

/** Blocks of up to so many lines are folded when they are repeated. */
const LONGEST_BLOCK = 4;
/** A block is folded from so many repetitions on. */
const LEAST = 3;

/** A block of lines that is printed again and again: `count` times `period` lines from the key `first` on. */
interface IRun {
  first: number;
  period: number;
  count: number;
  isOpen: boolean;
}

/** What stands beside the last line of a block that is repeated. */
export interface IRepeat {
  count: number;
  isOpen: boolean;
}

/**
 * The rows in which lines are shown: of a block that is repeated only the first, until somebody opens it.
 *
 * Lines that come later are looked at once. The last line may still grow, and is never folded.
 */
export class Folds {
  isOn = true;

  /** How many rows there are. */
  get count(): number {
    return this._length - this._hidden;
  }

  /** Look at what came since the last time. */
  update(lines: ILogLines): void {
    const first = lines.key(0);
    if (lines !== this._of || first < this._first) {
      this._runs = [];
      this._matches.fill(0);
      this._next = this._floor = first;
    }
    this._of = lines;
    this._first = first;
    this._length = lines.length;
    this._forget();
    for (let key = Math.max(this._next, first); key < first + lines.length - 1; key++) {
      this._look(lines, key);
      this._next = key + 1;
    }
    this._measure();
  }

  /** The index of the line in a row. */
  lineOf(row: number): number {
    const index = last(this._cuts, cut => cut.row <= row);
    return index < 0 ? row : row + this._cuts[index].hidden;
  }

  /** The row of the line with an index; of one that is folded away, the row of that which it repeats. */
  rowOf(line: number): number {
    const index = last(this._cuts, cut => cut.line <= line);
    if (index < 0) {
      return line;
    }
    const { line: begin, row, hidden, run } = this._cuts[index];
    const end = row + hidden;
    return line >= end ? line - hidden : row - run.period + ((line - begin) % run.period);
  }

  /** What stands beside a line; null where nothing does. */
  repeatOf(line: number): IRepeat | null {
    const run = this._runEndingBlock(line);
    return run && { count: run.count, isOpen: run.isOpen };
  }

  /** Open or close what is repeated after a line. */
  toggle(line: number): void {
    const run = this._runEndingBlock(line);
    if (run) {
      run.isOpen = !run.isOpen;
      this._measure();
    }
  }

  /** Open what hides a line. */
  reveal(line: number): void {
    const index = last(this._cuts, cut => cut.line <= line);
    if (index >= 0 && line < this._cuts[index].row + this._cuts[index].hidden) {
      this._cuts[index].run.isOpen = true;
      this._measure();
    }
  }

  private _look(lines: ILogLines, key: number): void {
    const same = (period: number): boolean =>
      key - period >= this._floor &&
      lines.line(key - this._first) === lines.line(key - period - this._first);
    if (this._current) {
      const { run } = this._current;
      if (same(run.period)) {
        this._current.length++;
        run.count = Math.floor(this._current.length / run.period);
        return;
      }
      this._current = null;
      this._floor = key;
      this._matches.fill(0);
    }
    for (let period = 1; period <= LONGEST_BLOCK; period++) {
      this._matches[period] = same(period) ? this._matches[period] + 1 : 0;
      if (this._matches[period] >= (LEAST - 1) * period && this._isText(lines, key, period)) {
        const run = { first: key + 1 - LEAST * period, period, count: LEAST, isOpen: false };
        this._runs.push(run);
        this._current = { run, length: LEAST * period };
        return;
      }
    }
  }

  private _isText(lines: ILogLines, key: number, period: number): boolean {
    for (let back = 0; back < period; back++) {
      if (lines.line(key - back - this._first).trim() !== '') {
        return true;
      }
    }
    return false;
  }

  /** Let go of what stands in lines that were dropped at the front. */
  private _forget(): void {
    this._floor = Math.max(this._floor, this._first);
    if (this._runs.length === 0 || this._runs[0].first >= this._first) {
      return;
    }
    for (const run of this._runs) {
      const gone = Math.ceil(Math.max(0, this._first - run.first) / run.period);
      run.first += gone * run.period;
      run.count -= gone;
    }
    this._runs = this._runs.filter(({ count }) => count > 1);
    if (this._current && !this._runs.includes(this._current.run)) {
      this._current = null;
      this._matches.fill(0);
    } else if (this._current) {
      this._current.length = this._next - this._current.run.first;
    }
  }

  /** Count the rows. */
  private _measure(): void {
    this._hidden = 0;
    this._cuts = [];
    for (const run of this.isOn ? this._runs : []) {
      if (!run.isOpen) {
        const line = run.first - this._first + run.period;
        const row = line - this._hidden;
        this._hidden += (run.count - 1) * run.period;
        this._cuts.push({ line, row, hidden: this._hidden, run });
      }
    }
  }

  private _runEndingBlock(line: number): IRun | null {
    const key = line + this._first;
    const index = this.isOn ? last(this._runs, run => run.first <= key) : -1;
    const run = this._runs[index];
    return index >= 0 && key === run.first + run.period - 1 ? run : null;
  }

  private _of: ILogLines | null = null;
  private _first = 0;
  private _length = 0;
  private _next = 0;
  /** Lines before this belong to a run that is over: no block reaches back to them. */
  private _floor = 0;
  private _runs: IRun[] = [];
  private _current: { run: IRun; length: number } | null = null;
  /** Of each period, how many lines in a row were the same as the one so far before. */
  private readonly _matches = new Array<number>(LONGEST_BLOCK + 1).fill(0);
  private _hidden = 0;
  /** Where lines are hidden: the first of them, the row that follows, and how many are hidden up to there. */
  private _cuts: { line: number; row: number; hidden: number; run: IRun }[] = [];
}

/** The index of the last of some that come first and of which a word is true; -1 where there is none. */
function last<T>(items: readonly T[], isTrue: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isTrue(items[middle])) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}
