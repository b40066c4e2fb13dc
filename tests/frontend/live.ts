import type { IFold, IFollower, IFollowOptions, LiveClient, Period } from '../../src/api';
import { Coordinator } from '../../src/api';
import type { Command, Epoch } from '../../src/api/live/frames';
import { Curve } from '../../src/managers/metrics/curve';
import type { ILog } from '../../src/tokens/logs';
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

export class FakeLog extends FakeFacts implements ILog {
  constructor(public lines: string[] = []) {
    super();
  }
  earlier = 0;
  isLoadingEarlier = false;
  isCut = false;
  isEnded = false;
  trouble = '';
  loads = 0;
  readonly views = new FakeShown();
  show(period?: number | null): IFollower {
    return this.views.show(period);
  }
  get length(): number {
    return this.lines.length;
  }
  line(index: number): string {
    return this.lines[index];
  }
  key(index: number): number {
    return index;
  }
  loadEarlier(): Promise<void> {
    this.loads++;
    return Promise.resolve();
  }
}

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
