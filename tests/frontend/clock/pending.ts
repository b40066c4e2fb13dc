/** Longest wait, in milliseconds, that somebody means who says "soon". */
const SOON = 1000;

type Call = (...rest: unknown[]) => void;

/** What a file of tests has put off and not done yet: timers, turns and frames, of the tests and of all they draw. */
export class Pending {
  /** Stand before the clock of `globals` from now on. */
  constructor(globals: typeof globalThis = globalThis) {
    const { setTimeout, setInterval, setImmediate, requestAnimationFrame } = globals;
    const { clearTimeout, clearInterval, clearImmediate, cancelAnimationFrame } = globals;
    this._turn = () => new Promise(resolve => setImmediate(resolve));
    this._moment = () => new Promise(resolve => setTimeout(resolve));
    const timeouts = this._kind((call, wait) => setTimeout(call, wait), clearTimeout);
    const turns = this._kind(call => setImmediate(call), clearImmediate);
    const frames = this._kind(call => requestAnimationFrame(call), cancelAnimationFrame);
    const intervals = new Set<NodeJS.Timeout>();
    this._stop = () => {
      timeouts.clearAll();
      frames.clearAll();
      intervals.forEach(timer => clearInterval(timer));
      intervals.clear();
    };
    Object.assign(globals, {
      setTimeout: (call: Call, wait = 0, ...rest: unknown[]) => timeouts.put(call, wait, rest),
      setImmediate: (call: Call, ...rest: unknown[]) => turns.put(call, 0, rest),
      requestAnimationFrame: (call: Call) => frames.put(call, 0, []),
      setInterval: (call: Call, wait?: number, ...rest: unknown[]) => {
        const timer = setInterval(call, wait, ...rest);
        intervals.add(timer);
        return timer;
      },
      clearTimeout: timeouts.clear,
      clearImmediate: turns.clear,
      cancelAnimationFrame: frames.clear,
      clearInterval: (timer: NodeJS.Timeout) => {
        intervals.delete(timer);
        clearInterval(timer);
      }
    });
  }

  /** Wait until all that shall happen soon has happened, and what that put off; nothing is waited for longer. */
  async rest(): Promise<void> {
    do {
      await this._moment();
    } while (this._kinds.some(kept => [...kept.values()].some(wait => wait <= SOON)));
  }

  /** Stop every timer and frame, and take turns until none is put off: a turn may put off another. */
  async settle(): Promise<void> {
    do {
      this._stop();
      await this._turn();
    } while (this._kinds.some(kept => kept.size > 0));
  }

  /** One way to put off a call that is made once; how long each one waits is kept until it was made. */
  private _kind<T>(begin: (call: () => void, wait: number) => T, end: (one: T) => void) {
    const kept = new Map<T, number>();
    this._kinds.push(kept);
    const put = (call: Call, wait: number, rest: readonly unknown[]): T => {
      const one = begin(() => {
        kept.delete(one);
        call(...rest);
      }, wait);
      kept.set(one, wait);
      return one;
    };
    const clear = (one: T): void => {
      kept.delete(one);
      end(one);
    };
    return { put, clear, clearAll: () => [...kept.keys()].forEach(clear) };
  }

  private readonly _kinds: ReadonlyMap<unknown, number>[] = [];
  private readonly _stop: () => void;
  private readonly _turn: () => Promise<void>;
  private readonly _moment: () => Promise<void>;
}

/** Made before React is loaded, which takes the clock that it finds. */
export const pending = new Pending();
