import type { ISeries, IWindow } from '../../tokens/metrics';

/** Milliseconds in which charts that look at the same range ask for it together. */
const TOGETHER = 20;

type Between = Omit<IWindow, 'names'>;
type Found = ReadonlyMap<string, ISeries>;
type Ask = (names: readonly string[], between: Between) => Promise<Found>;

/** Asks for the same range of several curves with one request: the charts of a page look at it at the same time. */
export class Windows {
  constructor(private readonly _ask: Ask) {}

  /** The curves of these names between two places; rejects when the server refuses. */
  async ask(names: readonly string[], between: Between): Promise<Found> {
    const key = JSON.stringify(between);
    const waiting = this._waiting.get(key) ?? this._begin(key, between);
    names.forEach(name => waiting.names.add(name));
    const found = await waiting.answer;
    return new Map([...found].filter(([name]) => names.includes(name)));
  }

  private _begin(key: string, between: Between): IWaiting {
    const names = new Set<string>();
    const answer = pause(TOGETHER).then(() => {
      this._waiting.delete(key);
      return this._ask([...names], between);
    });
    const made = { names, answer };
    this._waiting.set(key, made);
    return made;
  }

  private readonly _waiting = new Map<string, IWaiting>();
}

interface IWaiting {
  names: Set<string>;
  answer: Promise<Found>;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise(done => setTimeout(done, milliseconds));
}
