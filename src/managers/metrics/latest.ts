import type { Job, SeriesDelta } from '../../api';
import { isFinal } from '../../api';
import type { ILatestMetrics, Latest } from '../../tokens/metrics';
import { Facts } from '../basics/facts';

/** Milliseconds before the values of a job that runs are asked for again. */
const FRESH = 5000;
/** Requests that are on their way at a time. */
const AT_ONCE = 4;

/** When a job was asked about, whether it was over by then, and whether no answer came. */
interface IAsked {
  at: number;
  wasOver: boolean;
  hasFailed: boolean;
}

type Ask = (job: string) => Promise<Readonly<Record<string, SeriesDelta>>>;

/** The newest value of each metric of jobs, asked for where somebody wants to see it. */
export class LatestMetrics extends Facts implements ILatestMetrics {
  constructor(
    private readonly _ask: Ask,
    /** The time of the page: the clock of the day may be set back. */
    private readonly _now: () => number = () => performance.now()
  ) {
    super();
  }

  of(id: string): Latest | undefined {
    return this._known.get(id);
  }

  /** Ask for what is not known of these, the first of them first. One that is over is asked about until it answers. */
  want(jobs: readonly Job[]): void {
    this._wanted = jobs.filter(job => this._isStale(job));
    this._fill();
  }

  private _isStale(job: Job): boolean {
    const asked = this._asked.get(job.id);
    if (job.started === null || this._busy.has(job.id)) {
      return false;
    }
    if (asked === undefined) {
      return true;
    }
    const isLater = this._now() - asked.at > FRESH;
    return asked.hasFailed ? isLater : !asked.wasOver && (isFinal(job.state) || isLater);
  }

  private _fill(): void {
    while (this._busy.size < AT_ONCE && this._wanted.length > 0 && !this.isDisposed) {
      const [job, ...others] = this._wanted;
      this._wanted = others;
      void this._look(job);
    }
  }

  private async _look(job: Job): Promise<void> {
    this._busy.add(job.id);
    const asked = { at: this._now(), wasOver: isFinal(job.state), hasFailed: false };
    this._asked.set(job.id, asked);
    try {
      this._known.set(job.id, lastOf(await this._ask(job.id)));
      this.arrived();
    } catch {
      asked.hasFailed = true; // until it is asked about again, its cells stay empty
    } finally {
      this._busy.delete(job.id);
      this._fill();
    }
  }

  private readonly _known = new Map<string, Latest>();
  private readonly _asked = new Map<string, IAsked>();
  private readonly _busy = new Set<string>();
  private _wanted: readonly Job[] = [];
}

function lastOf(series: Readonly<Record<string, SeriesDelta>>): Latest {
  const last = Object.entries(series).map(([name, { value }]) => [name, value.at(-1) ?? NaN]);
  return new Map(last.map(([name, value]) => [String(name), Number(value)]));
}
