import { ApiError } from '../../api';

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 8_000;
/** What a server answers that may say yes a little later. */
const LATER = new Set([408, 423, 429, 502, 503, 504, 507]);

/** Whether it makes sense to ask again for what went wrong so: the network, or a server that cannot just now. */
export function isPassing(error: unknown): boolean {
  return !(error instanceof ApiError) || LATER.has(error.status);
}

/**
 * When something may be sent: at most once in a period, and after failures later and later.
 *
 * It counts by the time of the page: the clock of the day may be set back, and nothing would be sent until it is caught up.
 */
export class Pace {
  constructor(private readonly _period: number) {}

  /** Milliseconds until the next may begin. */
  get wait(): number {
    return Math.max(0, this._began + Math.max(this._period, this._pause) - performance.now());
  }

  begin(): void {
    this._began = performance.now();
  }

  succeeded(): void {
    this._pause = 0;
  }

  failed(): void {
    this._pause = Math.min(LONGEST_PAUSE, 2 * this._pause || FIRST_PAUSE);
  }

  /** The next may begin at once: what failed may have passed. */
  hurry(): void {
    this._pause = 0;
  }

  private _began = -Infinity;
  private _pause = 0;
}
