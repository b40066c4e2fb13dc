import type { IDisposable } from '@lumino/disposable';
import { useEffect, useMemo, useReducer } from 'react';
import { messageOf } from '../../api';
import type { ILog, ILogExcerpt, ILogLines } from '../../tokens/logs';

/** With more lines than this the newest are not grown at the front: the reader gets an excerpt. */
const MOST_BEFORE = 100_000;

/** What one reader has of a log: its newest lines, which grow, or an excerpt from somewhere else. */
export class LogReader implements IDisposable {
  constructor(
    readonly log: ILog,
    private readonly _onChanged: () => void
  ) {
    this._beginnings = log.beginnings;
    log.changed.connect(this._onLog, this);
  }

  get lines(): ILogLines {
    return this._excerpt ?? this.log;
  }

  get isAtTail(): boolean {
    return this._excerpt === null;
  }

  get isLoading(): boolean {
    return this._excerpt?.isLoading ?? this.log.isLoadingEarlier;
  }

  /** Why the lines that were asked for last did not come. */
  get trouble(): string {
    return this._trouble || (this._excerpt?.trouble ?? '');
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this.log.changed.disconnect(this._onLog, this);
    this._leave();
  }

  /** Grows when the reader is sent to another place: what they saw before is then nothing to stay at. */
  get jumps(): number {
    return this._jumps;
  }

  /** Have the line that holds a byte; whether it is here now. */
  goTo(at: number): Promise<boolean> {
    this._jumps++;
    return this._have(at);
  }

  /** Go back to the newest lines. */
  toEnd(): void {
    this._jumps++;
    this._useTail();
  }

  private async _have(at: number): Promise<boolean> {
    this._asked = at;
    this._trouble = '';
    if (this.log.has(at)) {
      this._leave();
    } else if (!this.lines.has(at)) {
      await this._open(at);
    }
    this._onChanged();
    return this._asked === at && this._trouble === '';
  }

  loadEarlier(): void {
    if (this._excerpt) {
      void this._excerpt.loadEarlier();
    } else if (this.log.length < MOST_BEFORE) {
      void this.log.loadEarlier();
    } else {
      void this._have(this.log.start - 1);
    }
  }

  loadLater(): void {
    void this._excerpt?.loadLater();
  }

  /** The reader looks at a byte: take it from the newest lines where they have it, and keep it where they drop it. */
  settle(at: number): void {
    if (this._excerpt && this.log.has(at)) {
      this._useTail();
    } else if (!this._excerpt && this.log.isReady && at < this.log.start && this._asked !== at) {
      void this._have(at);
    }
  }

  private _useTail(): void {
    this._asked = -1;
    this._leave();
    this._onChanged();
  }

  private async _open(at: number): Promise<void> {
    try {
      const excerpt = await this.log.excerpt(at);
      if (this._asked !== at || this._isDisposed) {
        excerpt.dispose();
        return;
      }
      this._leave();
      this._excerpt = excerpt;
      excerpt.changed.connect(this._onChanged, this);
    } catch (error) {
      if (this._asked === at) {
        this._trouble = messageOf(error);
      }
    }
  }

  private _leave(): void {
    this._excerpt?.dispose();
    this._excerpt = null;
  }

  private _onLog(): void {
    if (this.log.beginnings !== this._beginnings) {
      this._beginnings = this.log.beginnings;
      this.toEnd();
    }
  }

  private _beginnings: number;
  private _excerpt: ILogExcerpt | null = null;
  private _asked = -1;
  private _jumps = 0;
  private _trouble = '';
  private _isDisposed = false;
}

/** A reader of a log, for as long as the component shows it. */
export function useLogReader(log: ILog): LogReader {
  const [, bump] = useReducer((count: number) => count + 1, 0);
  const reader = useMemo(() => new LogReader(log, bump), [log]);
  useEffect(() => () => reader.dispose(), [reader]);
  return reader;
}

/** The index of the first line of those that hold a byte; -1 where it stands before them all. */
export function indexOf(lines: ILogLines, at: number): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines.at(middle) <= at) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  let index = low - 1;
  while (index > 0 && lines.at(index - 1) === lines.at(index)) {
    index--;
  }
  return index;
}
