import type { IFold, IFollower, LiveClient } from '../../api';
import type { StreamFact } from '../../api/streams';
import type { ISamples } from '../../tokens/streams';
import { Facts } from '../basics/facts';
import { SampleRing } from './ring';

/** What is known of the samples of a stream: new ones go behind the others, and the oldest go. */
export class SamplesFold implements IFold<StreamFact> {
  readonly ring = new SampleRing();
  trouble = '';
  /** Grows with each message. */
  version = 0;

  take({ columns = {}, trouble }: StreamFact, isAnew: boolean): void {
    if (isAnew) {
      this.ring.clear();
      this.ring.keep(columns.seq?.length ?? 0);
    }
    this.ring.append(columns);
    this.trouble = trouble ?? (isAnew ? '' : this.trouble);
    this.version++;
  }
}

/** The newest samples of one stream, followed by the topic `streams/{id}` while somebody looks at them. */
export class SamplesModel extends Facts implements ISamples {
  constructor(
    private readonly _live: LiveClient,
    stream: string,
    private readonly _now: () => number = Date.now
  ) {
    super();
    this._topic = `streams/${stream}`;
    this.own(
      _live.follow(this._topic, {
        fold: () => new SamplesFold(),
        need: { isVisible: false },
        onData: (fold: SamplesFold) => this._take(fold),
        onError: this.refused
      })
    );
  }

  get length(): number {
    return this._fold.ring.length;
  }

  get seq(): Float64Array {
    return this._fold.ring.seq;
  }

  get time(): Float64Array {
    return this._fold.ring.time;
  }

  get value(): Float64Array {
    return this._fold.ring.value;
  }

  get probability(): Float64Array {
    return this._fold.ring.probability;
  }

  get version(): number {
    return this._fold.version;
  }

  get missed(): number {
    return this._fold.ring.missed;
  }

  get heard(): number {
    return this._heard;
  }

  get trouble(): string {
    return this._fold.trouble;
  }

  keep(count: number): void {
    this._kept = Math.max(this._kept, count);
    this._fold.ring.keep(count);
  }

  show(period: number | null = null): IFollower {
    return this._live.follow(this._topic, {
      fold: () => new SamplesFold(),
      need: { period },
      onData: () => undefined
    });
  }

  private _take(fold: SamplesFold): void {
    this._fold = fold;
    fold.ring.keep(this._kept);
    const { last } = fold.ring;
    if (last !== this._last) {
      this._last = last;
      this._heard = this._now();
    }
    this.arrived();
  }

  private readonly _topic: string;
  private _fold = new SamplesFold();
  private _kept = 0;
  /** The number of the newest sample that was heard of. */
  private _last = 0;
  private _heard = 0;
}
