import type { IFold, IFollower, LiveClient, MetricsFact, Period, SeriesDelta } from '../../api';
import type { TrackingApi } from '../../api/tracking';
import type { IMetrics, ISeries, IWindow } from '../../tokens/metrics';
import { Curve } from './curve';
import { Windows } from './windows';
import { Facts } from '../basics/facts';

/** What is known of the curves of a job: new points are added to them in place. */
export class CurvesFold implements IFold<MetricsFact> {
  readonly series = new Map<string, Curve>();
  isEnded = false;
  trouble = '';
  /** Grows when curves came or went, or something else changed than their points. */
  shape = 0;

  take(data: MetricsFact, isAnew: boolean): void {
    if (isAnew) {
      this.series.clear();
      this.shape++;
    }
    this._say(data.ended === true, data.trouble ?? (isAnew ? '' : this.trouble));
    for (const [name, delta] of Object.entries(data.series)) {
      this._curve(name).append(delta);
    }
  }

  private _say(isEnded: boolean, trouble: string): void {
    if (isEnded !== this.isEnded || trouble !== this.trouble) {
      this.isEnded = isEnded;
      this.trouble = trouble;
      this.shape++;
    }
  }

  private _curve(name: string): Curve {
    const found = this.series.get(name) ?? new Curve();
    if (!this.series.has(name)) {
      this.series.set(name, found);
      this.shape++;
    }
    return found;
  }
}

/** The curves of one job or run, followed by `jobs/{id}/metrics` or `runs/{id}/metrics` while somebody looks at them. */
export class MetricsModel extends Facts implements IMetrics {
  constructor(
    private readonly _live: LiveClient,
    private readonly _api: Pick<TrackingApi, 'metrics' | 'everything'>,
    private readonly _job: string,
    kind: 'jobs' | 'runs' = 'jobs'
  ) {
    super();
    this._topic = `${kind}/${_job}/metrics`;
    this.own(
      _live.follow(this._topic, {
        fold: () => new CurvesFold(),
        isPacked: true,
        need: { isVisible: false },
        onData: (curves: CurvesFold) => {
          this._curves = curves;
          this.arrived();
        },
        onError: this.refused
      })
    );
  }

  get series(): ReadonlyMap<string, ISeries> {
    return this._curves.series;
  }

  get shape(): number {
    return this._curves.shape;
  }

  get isEnded(): boolean {
    return this._curves.isEnded;
  }

  get trouble(): string {
    return this._curves.trouble;
  }

  show(period: Period = null): IFollower {
    return this._live.follow(this._topic, {
      fold: () => new CurvesFold(),
      need: { period },
      onData: () => undefined
    });
  }

  closer({ names, ...window }: IWindow): Promise<ReadonlyMap<string, ISeries>> {
    return this._windows.ask(names, window);
  }

  async whole(names: readonly string[]): Promise<ReadonlyMap<string, ISeries>> {
    const found = new Map<string, Curve>();
    for await (const series of this._api.everything(this._job, names)) {
      grow(found, series);
    }
    return found;
  }

  private readonly _topic: string;
  private readonly _windows = new Windows(async (names, window) =>
    curves(await this._api.metrics(this._job, names, window))
  );
  private _curves = new CurvesFold();
}

/** Curves as they were answered: none of them is thinned here. */
function curves(found: Readonly<Record<string, SeriesDelta>>): ReadonlyMap<string, ISeries> {
  return grow(new Map<string, Curve>(), found);
}

function grow(
  curves: Map<string, Curve>,
  found: Readonly<Record<string, SeriesDelta>>
): ReadonlyMap<string, ISeries> {
  for (const [name, delta] of Object.entries(found)) {
    const curve = curves.get(name) ?? new Curve(Infinity);
    curve.append(delta);
    curves.set(name, curve);
  }
  return curves;
}
