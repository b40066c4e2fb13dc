import type { ISubscription, LiveClient, MetricsData, SeriesDelta, WireNumber } from '../../api';
import type { IMetrics, ISeries } from '../../tokens/metrics';
import { Facts } from '../basics/facts';

const MOST_POINTS = 20_000;

type Columns = { step: number[]; value: number[]; time: number[] };

/** The curves of one job, followed by the topic `jobs/{id}/metrics`: new points are appended. */
export class MetricsModel extends Facts implements IMetrics {
  constructor(live: LiveClient, job: string) {
    super();
    this._subscription = this.own(
      live.subscribe<MetricsData>(`jobs/${job}/metrics`, {
        onData: data => this._receive(data),
        onError: this.refused
      })
    );
  }

  get series(): ReadonlyMap<string, ISeries> {
    return this._series;
  }

  get isEnded(): boolean {
    return this._isEnded;
  }

  get trouble(): string {
    return this._trouble;
  }

  get period(): number | null {
    return this._period;
  }

  set period(seconds: number | null) {
    this._period = seconds;
    this._subscription.setPeriod(seconds);
  }

  private _receive(data: MetricsData): void {
    if (data.reset) {
      this._series.clear();
    }
    this._isEnded = data.ended === true;
    this._trouble = data.trouble ?? this._trouble;
    Object.entries(data.series).forEach(([name, delta]) => this._append(name, delta));
    this.arrived();
  }

  private _append(name: string, delta: SeriesDelta): void {
    const held = this._series.get(name) ?? { step: [], value: [], time: [] };
    const joined = {
      step: held.step.concat(delta.step),
      value: held.value.concat(delta.value.map(asNumber)),
      time: held.time.concat(delta.time)
    };
    this._series.set(name, joined.step.length > MOST_POINTS ? thin(joined) : joined);
  }

  private readonly _subscription: ISubscription;
  private readonly _series = new Map<string, Columns>();
  private _period: number | null = null;
  private _isEnded = false;
  private _trouble = '';
}

function asNumber(value: WireNumber): number {
  return value === null ? NaN : Number(value);
}

/** Halve a curve: of four neighbours the lowest and the highest stay, so no peak is lost. */
function thin(curve: Columns): Columns {
  const kept: number[] = [];
  for (let at = 0; at < curve.step.length; at += 4) {
    kept.push(...extremes(curve.value, at, Math.min(at + 4, curve.step.length)));
  }
  return {
    step: kept.map(index => curve.step[index]),
    value: kept.map(index => curve.value[index]),
    time: kept.map(index => curve.time[index])
  };
}

/** The places of the lowest and the highest value in order; one that is no number counts as both. */
function extremes(values: readonly number[], from: number, to: number): number[] {
  let low = from;
  let high = from;
  for (let index = from; index < to; index++) {
    low = values[index] < values[low] || Number.isNaN(values[index]) ? index : low;
    high = values[index] > values[high] ? index : high;
  }
  return low === high ? [low] : [Math.min(low, high), Math.max(low, high)];
}
