/** Milliseconds of a frame that may go into drawing: with decoding and growing it is under 4, the rest is the reader's. */
const BUDGET = 2.5;
const FRAME = 1000 / 60;
/** The longest rest after a drawing, in milliseconds: one that took a minute met a machine that slept. */
const LONGEST_REST = 1000;
/** The share of the newest cost in what is expected of the next drawing. */
const NEWEST = 0.3;

/** What the queue asks of the page; replaced in tests. */
export interface IFrames {
  /** Call with the next frame; returns a number that `cancel` takes. */
  request: (callback: () => void) => number;
  cancel: (frame: number) => void;
  /** Call when the frame is painted: a canvas costs more after its drawing than while it is drawn. */
  afterwards: (callback: () => void) => void;
  /** Milliseconds. */
  now: () => number;
}

const PAGE: IFrames = {
  request: callback => requestAnimationFrame(callback),
  cancel: frame => cancelAnimationFrame(frame),
  afterwards: callback => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      callback();
    };
    port2.postMessage(null);
  },
  now: () => performance.now()
};

/**
 * Draws what changed: each at most once a frame, and so many in a frame as the budget allows.
 *
 * It learns what a drawing costs with all that the page does for it. What does not fit comes first in the next frame,
 * and after one that cost more than the budget some frames are left out. So many curves make no slow page; they are
 * drawn less often. In a hidden page there are no frames, and nothing is drawn.
 */
export class FrameQueue {
  constructor(
    private readonly _page: IFrames = PAGE,
    private readonly _budget = BUDGET
  ) {}

  /** Draw with the next frame. Asked for twice, it is drawn once. */
  add(draw: () => void): void {
    this._waiting.add(draw);
    this._request();
  }

  /** Do not draw any more. */
  remove(draw: () => void): void {
    this._waiting.delete(draw);
    if (this._waiting.size === 0 && this._frame !== 0) {
      this._page.cancel(this._frame);
      this._frame = 0;
    }
  }

  private _request(): void {
    if (this._waiting.size > 0) {
      this._frame ||= this._page.request(this._run);
    }
  }

  private readonly _run = (): void => {
    this._frame = 0;
    const begin = this._page.now();
    if (begin >= this._restsUntil) {
      const drawn = this._draw();
      this._page.afterwards(() => this._learn(begin, drawn));
    }
    this._request();
  };

  /** Draw one, and as many others as fit. */
  private _draw(): number {
    const fit = Math.max(1, Math.floor(this._budget / this._cost));
    const draws = [...this._waiting].slice(0, fit);
    draws.forEach(draw => {
      this._waiting.delete(draw);
      draw();
    });
    return draws.length;
  }

  private _learn(begin: number, drawn: number): void {
    const now = this._page.now();
    const spent = now - begin;
    this._cost += NEWEST * (spent / drawn - this._cost);
    const owed = spent / this._budget - 1;
    this._restsUntil = owed > 0 ? now + Math.min(LONGEST_REST, owed * FRAME) : 0;
  }

  private readonly _waiting = new Set<() => void>();
  private _frame = 0;
  /** Milliseconds that one drawing is expected to cost. */
  private _cost = 1;
  private _restsUntil = 0;
}

/** The queue that all charts of the page share. */
export const frames = new FrameQueue();
