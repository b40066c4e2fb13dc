import type { IDisposable } from '@lumino/disposable';
import { messageOf } from '../../api';
import type { ILog, ILogMatch, ILogQuery } from '../../tokens/logs';

/** More lines than this are not searched for at once; those beyond are when the reader comes to them. */
const MOST = 20_000;
/** Milliseconds between two looks at what a log that grows has got. */
const PAUSE = 1000;

/** One place in a log: the byte of its line, and the characters in it. */
export interface IPlace {
  at: number;
  start: number;
  end: number;
}

export const NO_QUERY: ILogQuery = { text: '', regex: false, matchCase: false };

/** All places of a text in a log, in order, as the server finds them; it goes on as the log grows. */
export class LogSearch implements IDisposable {
  constructor(
    private readonly _log: ILog,
    readonly query: ILogQuery,
    private readonly _onChanged: () => void
  ) {
    this._beginnings = _log.beginnings;
    if (query.text !== '') {
      this._log.changed.connect(this._onLog, this);
      void this._run();
    }
  }

  get places(): readonly IPlace[] {
    return this._places;
  }

  /** Whether there is more that was not searched. */
  get isCut(): boolean {
    return this._next !== null && !this._isRunning;
  }

  get isRunning(): boolean {
    return this._isRunning;
  }

  /** Why it could not be searched; empty when it could. */
  get trouble(): string {
    return this._trouble;
  }

  /** The places in the line that begins at a byte. */
  of(at: number): readonly [number, number][] {
    return this._lines.get(at)?.places ?? [];
  }

  get isDisposed(): boolean {
    return this._stop.signal.aborted;
  }

  dispose(): void {
    this._stop.abort();
    window.clearTimeout(this._timer);
    this._log.changed.disconnect(this._onLog, this);
  }

  /** Search beyond what was found. */
  async more(): Promise<void> {
    if (this.isCut) {
      this._most += MOST;
      await this._run();
    }
  }

  /** The number of the first place at or after a byte, going round the end; -1 when there is none. */
  after(at: number): number {
    const found = this._places.findIndex(place => place.at >= at);
    return found < 0 && this._places.length > 0 ? 0 : found;
  }

  private async _run(): Promise<void> {
    this._isRunning = true;
    try {
      do {
        const [begin, beginnings] = [this._next ?? this._whole, this._beginnings];
        const found = await this._log.search(this.query, begin, this._stop.signal);
        if (beginnings === this._beginnings) {
          this._take(found.found, begin);
          this._next = found.next;
          this._whole = found.whole;
          this._onChanged();
        }
      } while (this._next !== null && this._lines.size < this._most && !this.isDisposed);
      this._trouble = '';
    } catch (error) {
      this._trouble = this.isDisposed ? '' : messageOf(error);
    } finally {
      this._isRunning = false;
      if (!this.isDisposed) {
        this._onChanged();
      }
    }
  }

  private _take(matches: readonly ILogMatch[], begin: number): void {
    // The last line may have grown since it was looked at.
    while ((this._places.at(-1)?.at ?? -1) >= begin) {
      this._lines.delete(this._places.pop()!.at);
    }
    for (const match of matches) {
      this._lines.set(match.at, match);
      match.places.forEach(([start, end]) => this._places.push({ at: match.at, start, end }));
    }
  }

  private _onLog(): void {
    if (this._log.beginnings !== this._beginnings) {
      this._beginnings = this._log.beginnings;
      this._places = [];
      this._lines.clear();
      this._next = null;
      this._whole = 0;
    }
    this._lookSoon();
  }

  /** Look at what the log has got; what comes while it is searched is looked at afterwards. */
  private _lookSoon(): void {
    if (this._timer === 0 && this._trouble === '') {
      this._timer = window.setTimeout(() => {
        this._timer = 0;
        if (this._isRunning) {
          this._lookSoon();
        } else if (this._next === null && this._log.size > this._whole) {
          void this._run();
        }
      }, PAUSE);
    }
  }

  private _places: IPlace[] = [];
  private readonly _lines = new Map<number, ILogMatch>();
  private _next: number | null = null;
  private _whole = 0;
  private _most = MOST;
  private _isRunning = false;
  private _trouble = '';
  private _timer = 0;
  private _beginnings: number;
  private readonly _stop = new AbortController();
}

/** A line as it is read. */
export function withoutColours(line: string): string {
  // eslint-disable-next-line no-control-regex -- what colours are made of
  return line.includes('\x1b') ? line.replace(/\x1b\[[\d;]*m/g, '') : line;
}

/** The places of a line as they are counted here: the server counts characters, a page halves of some. */
export function marksIn(text: string, places: readonly [number, number][]): [number, number][] {
  if (places.length === 0 || !/[\ud800-\udbff]/.test(text)) {
    return [...places];
  }
  const ends = [0];
  for (const character of text) {
    ends.push(ends[ends.length - 1] + character.length);
  }
  const at = (count: number): number => ends[Math.min(count, ends.length - 1)];
  return places.map(([start, end]) => [at(start), at(end)]);
}
