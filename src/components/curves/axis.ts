import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISeries } from '../../tokens/metrics';
import type { AxisKind, Ends } from './view';

/** The curves of one run, by name. */
export type Run = ReadonlyMap<string, ISeries>;

/** Where the points of a run stand along the bottom. */
export interface IAxis {
  /** The place of a point; not-a-number where it has none. */
  place(step: number, time: number): number;
  /** Grows when points that were placed before stand elsewhere now. */
  readonly revision: number;
  /** The steps, or the moments, between which a range of places lies: what the server is asked for. */
  asked(begin: number, end: number): { axis: 'step' | 'time'; begin: number; end: number };
}

const BY_STEP: IAxis = {
  place: step => step,
  revision: 0,
  asked: (begin, end) => ({ axis: 'step', begin, end })
};

const BY_CLOCK: IAxis = {
  place: (_, time) => time,
  revision: 0,
  asked: (begin, end) => ({ axis: 'time', begin, end })
};

/** The axis of one run. */
export function axisOf(kind: AxisKind, run: Run): IAxis {
  switch (kind) {
    case 'step':
      return BY_STEP;
    case 'clock':
      return BY_CLOCK;
    case 'elapsed':
      return new Elapsed(run);
    case 'epoch':
      return new Epochs(run);
  }
}

/** Whether the run says in which epoch its steps were. */
export function hasEpochs(run: Run): boolean {
  return epochsOf(run) !== undefined;
}

/** How far the curves of runs reach on an axis; null without a point. */
export function reach(kind: AxisKind, runs: Iterable<Run>): Ends | null {
  const places = [...runs].flatMap(run => {
    const axis = axisOf(kind, run);
    return [...run.values()].flatMap(({ step, time, length }) =>
      [0, length - 1].filter(at => at in step).map(at => axis.place(step[at], time[at]))
    );
  });
  const found = places.filter(Number.isFinite);
  return found.length === 0 ? null : [Math.min(...found), Math.max(...found)];
}

/** How an axis is called. */
export function axisLabel(trans: TranslationBundle, kind: AxisKind): string {
  return {
    step: trans.__('step'),
    elapsed: trans.__('elapsed'),
    clock: trans.__('time'),
    epoch: trans.__('epoch')
  }[kind];
}

/** Seconds since the first point of the run. */
class Elapsed implements IAxis {
  constructor(private readonly _run: Run) {}

  revision = 0;

  place(_: number, time: number): number {
    return time - this._begin();
  }

  asked(begin: number, end: number): { axis: 'time'; begin: number; end: number } {
    const start = this._begin();
    return { axis: 'time', begin: start + begin, end: start + end };
  }

  /** Curves that begin later do not move the start: the first that is known stays. */
  private _begin(): number {
    if (Number.isNaN(this._start)) {
      const firsts = [...this._run.values()].map(firstTime).filter(Number.isFinite);
      this._start = firsts.length > 0 ? Math.min(...firsts) : NaN;
    }
    return this._start;
  }

  private _start = NaN;
}

function firstTime({ time }: ISeries): number {
  return time.find(Number.isFinite) ?? NaN;
}

/**
 * Epochs, as the run itself logged them under that name.
 *
 * Between two steps at which the epoch changed a point stands in between. So the points of an epoch that is logged as a
 * whole number do not fall on one place.
 */
class Epochs implements IAxis {
  constructor(private readonly _run: Run) {}

  /** A longer last epoch than was expected moves what was placed beyond it. */
  get revision(): number {
    this._learn();
    return this._revision;
  }

  place(step: number): number {
    this._learn();
    this._furthest = Math.max(this._furthest, step);
    return interpolated(this._steps, this._epochs, step);
  }

  asked(begin: number, end: number): { axis: 'step'; begin: number; end: number } {
    this._learn();
    const step = (epoch: number): number => interpolated(this._epochs, this._steps, epoch);
    return { axis: 'step', begin: step(begin), end: step(end) };
  }

  private _learn(): void {
    const series = epochsOf(this._run);
    if (series === undefined || series.version === this._version) {
      return;
    }
    this._version = series.version;
    const sure = this._steps.at(-1) ?? -Infinity;
    const known = this._steps.length;
    [this._steps, this._epochs] = knotsOf(series);
    if (this._steps.length !== known && this._furthest > sure) {
      this._revision++;
      this._furthest = -Infinity;
    }
  }

  private _steps: number[] = [];
  private _epochs: number[] = [];
  private _version = -1;
  private _revision = 0;
  private _furthest = -Infinity;
}

function epochsOf(run: Run): ISeries | undefined {
  return run.get('epoch') ?? run.get('train/epoch') ?? run.get('epochs');
}

/** The steps at which a new epoch began, and which. */
function knotsOf({ step, value }: ISeries): [number[], number[]] {
  const [steps, epochs]: [number[], number[]] = [[], []];
  for (let at = 0; at < step.length; at++) {
    const last = steps.length - 1;
    const isLater = last < 0 || (step[at] > steps[last] && value[at] > epochs[last]);
    if (isLater && Number.isFinite(value[at])) {
      steps.push(step[at]);
      epochs.push(value[at]);
    }
  }
  return [steps, epochs];
}

/** The height of a rising line through some points; beyond its ends it goes on as it was. */
function interpolated(xs: readonly number[], ys: readonly number[], x: number): number {
  if (xs.length < 2) {
    return xs.length === 1 ? ys[0] : NaN;
  }
  let [low, high] = [0, xs.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    [low, high] = xs[middle] <= x ? [middle, high] : [low, middle];
  }
  return ys[low] + ((ys[high] - ys[low]) * (x - xs[low])) / (xs[high] - xs[low]);
}
