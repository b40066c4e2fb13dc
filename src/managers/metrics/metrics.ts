import type { IFold, IFollower, LiveClient, MetricsFact } from '../../api';
import type { IMetrics, ISeries } from '../../tokens/metrics';
import { Curve } from './curve';
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
    this._say(data.ended === true, data.trouble ?? this.trouble);
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

/** The curves of one job, followed by the topic `jobs/{id}/metrics` while somebody looks at them. */
export class MetricsModel extends Facts implements IMetrics {
  constructor(
    private readonly _live: LiveClient,
    job: string
  ) {
    super();
    this._topic = `jobs/${job}/metrics`;
    this.own(
      _live.follow(this._topic, {
        fold: () => new CurvesFold(),
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

  show(period: number | null = null): IFollower {
    return this._live.follow(this._topic, {
      fold: () => new CurvesFold(),
      need: { period },
      onData: () => undefined
    });
  }

  private readonly _topic: string;
  private _curves = new CurvesFold();
}
