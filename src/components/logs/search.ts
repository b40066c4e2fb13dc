import type { ILog } from '../../tokens/logs';

/** More places than this are counted no further. */
const MOST = 50_000;

/** One place in a log where the text stands: the key of its line, and the character where it begins. */
export interface IMatch {
  key: number;
  start: number;
}

/** All places of a text in a log, in order. Lines that come later are looked through once. */
export class LogSearch {
  constructor(readonly text: string) {
    this.pattern = patternOf(text);
  }

  readonly pattern: RegExp | null;

  get matches(): readonly IMatch[] {
    return this._matches;
  }

  /** Whether there are more than are counted. */
  get isCut(): boolean {
    return this._matches.length >= MOST;
  }

  /** Look through what came since the last time. */
  update(log: ILog): void {
    if (!this.pattern || log.length === 0) {
      this._matches = [];
      return;
    }
    const first = log.key(0);
    if (first < this._first) {
      this._matches = [];
      this._next = first;
    }
    this._first = first;
    // The last line may have grown since it was looked at.
    const from = Math.max(first, this._next - 1);
    this._matches = this._matches.filter(({ key }) => key >= first && key < from);
    this._scan(log, from - first);
    this._next = log.key(log.length - 1) + 1;
  }

  /** The number of the first match at or after a place, going round the end; -1 when there is none. */
  after(place: IMatch): number {
    const found = this._matches.findIndex(match => compare(match, place) >= 0);
    return found < 0 && this._matches.length > 0 ? 0 : found;
  }

  /** The number of a match; -1 when it is none any more. */
  indexOf(place: IMatch | null): number {
    return place === null ? -1 : this._matches.findIndex(match => compare(match, place) === 0);
  }

  private _scan(log: ILog, from: number): void {
    for (let index = from; index < log.length && !this.isCut; index++) {
      for (const [start] of places(withoutColours(log.line(index)), this.pattern)) {
        this._matches.push({ key: log.key(index), start });
      }
    }
  }

  private _matches: IMatch[] = [];
  private _first = Infinity;
  private _next = -Infinity;
}

/** A line as it is read. */
export function withoutColours(line: string): string {
  // eslint-disable-next-line no-control-regex -- what colours are made of
  return line.includes('\x1b') ? line.replace(/\x1b\[[\d;]*m/g, '') : line;
}

/** Where a pattern stands in a text: begin and end of each place. */
export function places(text: string, pattern: RegExp | null): [number, number][] {
  return pattern === null
    ? []
    : [...text.matchAll(pattern)].map(({ index, 0: { length } }) => [index, index + length]);
}

/** A text to search for, as a pattern that minds no case. */
function patternOf(text: string): RegExp | null {
  return text === '' ? null : new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi');
}

function compare(a: IMatch, b: IMatch): number {
  return a.key - b.key || a.start - b.start;
}
