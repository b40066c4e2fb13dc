import type { IFold, IFollower, IFollowOptions, LiveClient, Period } from '../../src/api';
import { Coordinator } from '../../src/api';
import type { Command, Epoch } from '../../src/api/live/frames';
import { Curve } from '../../src/managers/metrics/curve';
import type {
  ILog,
  ILogError,
  ILogExcerpt,
  ILogFound,
  ILogMatch,
  ILogQuery
} from '../../src/tokens/logs';
import type { IMetrics, ISeries, IWindow } from '../../src/tokens/metrics';
import { FakeFacts } from './facts';

/** A live client without a socket: the test says what comes. */
export class FakeLive {
  readonly commands: Command[] = [];
  readonly coordinator = new Coordinator({
    send: command => {
      this.commands.push(command);
      if ('unsubscribe' in command) {
        this.coordinator.receive({ topic: command.unsubscribe, left: true });
      }
    },
    onDemand: () => undefined
  });

  constructor() {
    this.coordinator.opened();
  }

  follow<F extends IFold<D>, D>(topic: string, options: IFollowOptions<F, D>): IFollower {
    return this.coordinator.follow(topic, options);
  }

  say(topic: string, seq: number, data: unknown, epoch?: Epoch): void {
    this.coordinator.receive({ topic, seq, data, ...(epoch !== undefined && { epoch }) });
  }

  refuse(topic: string, message: string): void {
    const error = { message, reason: 'Forbidden', code: 'forbidden', details: {} };
    this.coordinator.receive({ topic, error });
  }

  get asClient(): LiveClient {
    return this as unknown as LiveClient;
  }
}

/** A curve with these values; its steps are their places where the test gives none. */
export function aCurve(value: readonly number[], step?: readonly number[]): Curve {
  const curve = new Curve();
  addPoints(curve, value, step);
  return curve;
}

/** Add points to a curve, after those that are there. */
export function addPoints(curve: Curve, value: readonly number[], step?: readonly number[]): void {
  const steps = step ?? value.map((_, index) => curve.length + index);
  curve.append({ step: [...steps], value: value.map(wired), time: [...steps] });
}

/** A number as JSON says it. */
function wired(value: number): number | string | null {
  return Number.isFinite(value) ? value : Number.isNaN(value) ? null : String(value);
}

/** Somebody who is shown, and notes by whom. */
export class FakeShown {
  /** The periods of those who show it now. */
  readonly shown: Period[] = [];
  show(period: Period = null): IFollower {
    let now = period;
    this.shown.push(now);
    const swap = (...next: Period[]): unknown =>
      this.shown.splice(this.shown.indexOf(now), 1, ...next);
    return {
      isDisposed: false,
      change: need => swap((now = need.period ?? null)),
      dispose: () => void swap()
    };
  }
}

/** A log of given lines: a text of it may be searched, and its tail may begin anywhere. */
export class FakeLog extends FakeFacts implements ILog {
  constructor(public lines: string[] = []) {
    super();
  }
  /** How many of the lines stand before those that are held. */
  held = 0;
  isLoadingEarlier = false;
  isEnded = false;
  trouble = '';
  beginnings = 0;
  loads = 0;
  /** Lines that were gone to. */
  readonly asked: number[] = [];
  /** When lines were printed, by the first of them. */
  printed: number | null = null;
  failure = '';
  readonly views = new FakeShown();
  show(period?: number | null): IFollower {
    return this.views.show(period);
  }
  get length(): number {
    return this.lines.length - this.held;
  }
  line(index: number): string {
    return this.lines[index + this.held];
  }
  key(index: number): number {
    return index + this.held;
  }
  at(index: number): number {
    return placesOf(this.lines)[index + this.held];
  }
  time(index: number): number | null {
    return this.printed === null ? null : this.printed + index + this.held;
  }
  get start(): number {
    return placesOf(this.lines)[this.held];
  }
  get end(): number {
    return this.size;
  }
  get size(): number {
    return placesOf(this.lines)[this.lines.length];
  }
  has(at: number): boolean {
    return at >= this.start && at < this.end;
  }
  loadEarlier(): Promise<void> {
    this.loads++;
    return Promise.resolve();
  }
  excerpt(at: number): Promise<ILogExcerpt> {
    this.asked.push(at);
    return this.failure ? Promise.reject(new Error(this.failure)) : Promise.resolve(this._all());
  }
  search(query: ILogQuery, begin: number): Promise<ILogFound<ILogMatch>> {
    const { regex, text, matchCase } = query;
    const escaped = regex ? text : text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const pattern = new RegExp(escaped, matchCase ? 'g' : 'gi');
    const all = this._from(begin, line =>
      [...line.matchAll(pattern)].map(({ index, 0: found }) => [index, index + found.length])
    );
    const found = all.map(({ at, text: line, value }) => ({
      at,
      text: line,
      places: value as [number, number][]
    }));
    return this.failure
      ? Promise.reject(new Error(this.failure))
      : Promise.resolve({ found, next: null, whole: this.size });
  }
  errors(begin: number): Promise<ILogFound<ILogError>> {
    const all = this._from(begin, line => (/Error/.test(line) ? ['error'] : []));
    const found = all.map(({ at, text, value }) => ({ at, text, kind: value[0] }));
    return this.failure
      ? Promise.reject(new Error(this.failure))
      : Promise.resolve({ found, next: null, whole: this.size });
  }
  private _from<T>(begin: number, look: (line: string) => T[]) {
    const places = placesOf(this.lines);
    return this.lines
      .map((line, index) => ({ at: places[index], text: line, value: look(line) }))
      .filter(({ at, value }) => at >= begin && value.length > 0);
  }
  private _all(): ILogExcerpt {
    const whole = new FakeLog(this.lines);
    whole.printed = this.printed;
    return Object.assign(whole, {
      isLoading: false,
      dispose: () => undefined,
      loadLater: () => Promise.resolve()
    });
  }
}

/** The byte at which each of some lines begins, and that after the last. */
function placesOf(lines: readonly string[]): number[] {
  const known = PLACES.get(lines);
  if (known?.length === lines.length + 1) {
    return known;
  }
  const places = [0];
  lines.forEach(line => places.push(places[places.length - 1] + line.length + 1));
  PLACES.set(lines, places);
  return places;
}

const PLACES = new WeakMap<readonly string[], number[]>();

/** The curves of a job, to which a test adds points. */
export class FakeMetrics extends FakeFacts implements IMetrics {
  readonly series = new Map<string, Curve>();
  readonly views = new FakeShown();
  shape = 0;
  isEnded = false;
  trouble = '';
  /** What was asked of the server, and what it answers. */
  readonly windows: IWindow[] = [];
  answer: ReadonlyMap<string, ISeries> | Error = new Map();
  show(period?: number | null): IFollower {
    return this.views.show(period);
  }
  closer(window: IWindow): Promise<ReadonlyMap<string, ISeries>> {
    this.windows.push(window);
    return this.whole();
  }
  whole(): Promise<ReadonlyMap<string, ISeries>> {
    const { answer } = this;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }
  put(name: string, value: readonly number[], step?: readonly number[]): void {
    this.shape += this.series.has(name) ? 0 : 1;
    const curve = this.series.get(name) ?? new Curve();
    this.series.set(name, curve);
    addPoints(curve, value, step);
    this.changed.emit();
  }
}
