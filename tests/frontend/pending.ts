/** What a file of tests has put off and not done yet: timers and turns, of the tests and of all that they draw. */
export class Pending {
  /** Stand before the clock of `globals` from now on. */
  constructor(private readonly _globals: typeof globalThis = globalThis) {
    const { setTimeout, setInterval, setImmediate } = _globals;
    const { clearTimeout, clearInterval, clearImmediate } = _globals;
    this._turn = () => new Promise(resolve => setImmediate(resolve));
    this._stop = clearTimeout;
    this._put('setTimeout', (call: Call, wait?: number, ...rest: unknown[]) => {
      const timer = setTimeout(() => {
        this._timers.delete(timer);
        call(...rest);
      }, wait);
      return this._keep(this._timers, timer);
    });
    this._put('setInterval', (call: Call, wait?: number, ...rest: unknown[]) =>
      this._keep(this._timers, setInterval(call, wait, ...rest))
    );
    this._put('setImmediate', (call: Call, ...rest: unknown[]) => {
      const turn = setImmediate(() => {
        this._turns.delete(turn);
        call(...rest);
      });
      return this._keep(this._turns, turn);
    });
    this._put('clearTimeout', this._forget(this._timers, clearTimeout));
    this._put('clearInterval', this._forget(this._timers, clearInterval));
    this._put('clearImmediate', this._forget(this._turns, clearImmediate));
  }

  /** How many timers run, and how many turns are put off. */
  get count(): { readonly timers: number; readonly turns: number } {
    return { timers: this._timers.size, turns: this._turns.size };
  }

  /** Stop every timer, and do what was put off to a next turn until nothing is: a turn may put off another. */
  async settle(): Promise<void> {
    do {
      this._timers.forEach(timer => this._stop(timer));
      this._timers.clear();
      await this._turn();
    } while (this._turns.size + this._timers.size > 0);
  }

  private _put(name: string, made: unknown): void {
    Object.assign(this._globals, { [name]: made });
  }

  private _keep<T>(kept: Set<T>, one: T): T {
    kept.add(one);
    return one;
  }

  private _forget<T>(kept: Set<T>, clear: (one: T) => void): (one: T) => void {
    return one => {
      kept.delete(one);
      clear(one);
    };
  }

  private readonly _timers = new Set<NodeJS.Timeout>();
  private readonly _turns = new Set<NodeJS.Immediate>();
  private readonly _turn: () => Promise<void>;
  private readonly _stop: (timer: NodeJS.Timeout) => void;
}

type Call = (...rest: unknown[]) => void;

/** Made before React is loaded, which takes the clock that it finds. */
export const pending = new Pending();
