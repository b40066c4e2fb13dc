/** Milliseconds of a frame that may go into drawing: the rest is for what the reader does. */
const BUDGET = 3;

/** What the queue asks of the page; replaced in tests. */
export interface IFrames {
  request: (callback: () => void) => number;
  cancel: (frame: number) => void;
  now: () => number;
}

/**
 * Draws what changed: each at most once a frame, and no longer in one frame than the budget.
 *
 * What does not fit comes first in the next frame. So many curves make no slow page; they are drawn less often.
 * In a hidden page there are no frames, and nothing is drawn.
 */
export class FrameQueue {
  constructor(
    private readonly _frames: IFrames = {
      request: callback => requestAnimationFrame(callback),
      cancel: frame => cancelAnimationFrame(frame),
      now: () => performance.now()
    },
    private readonly _budget = BUDGET
  ) {}

  /** Draw with the next frame. Asked for twice, it is drawn once. */
  add(draw: () => void): void {
    this._waiting.add(draw);
    this._frame ||= this._frames.request(this._run);
  }

  /** Do not draw any more. */
  remove(draw: () => void): void {
    this._waiting.delete(draw);
    if (this._waiting.size === 0 && this._frame !== 0) {
      this._frames.cancel(this._frame);
      this._frame = 0;
    }
  }

  private readonly _run = (): void => {
    this._frame = 0;
    const end = this._frames.now() + this._budget;
    for (const draw of [...this._waiting]) {
      this._waiting.delete(draw);
      draw();
      if (this._frames.now() >= end) {
        break;
      }
    }
    if (this._waiting.size > 0) {
      this._frame ||= this._frames.request(this._run);
    }
  };

  private readonly _waiting = new Set<() => void>();
  private _frame = 0;
}

/** The queue that all charts of the page share. */
export const frames = new FrameQueue();
