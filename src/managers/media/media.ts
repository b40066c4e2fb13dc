import type {
  ApiClient,
  IFold,
  IFollower,
  LiveClient,
  MediaFact,
  MediaPiece,
  MediaSeries,
  Period
} from '../../api';
import { JobsApi } from '../../api/jobs';
import type { IMedia } from '../../tokens/metrics';
import { Facts } from '../basics/facts';

/** Pieces of a name that are held; of more some are left out, spread evenly. */
const MOST_HELD = 1000;

/** What is known of what a job keeps: a piece that comes takes the place of that of the same step and index. */
export class MediaFold implements IFold<MediaFact> {
  series: readonly MediaSeries[] = [];
  trouble = '';

  take({ media = [], trouble }: MediaFact, isAnew: boolean): void {
    const known = new Map(isAnew ? [] : this.series.map(one => [keyOf(one), one]));
    for (const one of media) {
      const before = known.get(keyOf(one));
      known.set(keyOf(one), before ? joined(before, one) : one);
    }
    if (isAnew || media.length > 0) {
      this.series = [...known.values()].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
    }
    this.trouble = trouble ?? (isAnew ? '' : this.trouble);
  }
}

/** What one job keeps with a step, followed by the topic `jobs/{id}/media` while somebody looks at it. */
export class MediaModel extends Facts implements IMedia {
  constructor(
    api: ApiClient,
    private readonly _live: LiveClient,
    private readonly _job: string
  ) {
    super();
    this._api = new JobsApi(api);
    this._topic = `jobs/${_job}/media`;
    this.own(
      _live.follow(this._topic, {
        fold: () => new MediaFold(),
        need: { isVisible: false },
        onData: (kept: MediaFold) => {
          this._kept = kept;
          this.arrived();
        },
        onError: this.refused
      })
    );
  }

  get series(): readonly MediaSeries[] {
    return this._kept.series;
  }

  get trouble(): string {
    return this._kept.trouble;
  }

  show(period: Period = null): IFollower {
    return this._live.follow(this._topic, {
      fold: () => new MediaFold(),
      need: { period },
      onData: () => undefined
    });
  }

  read(series: MediaSeries, piece: MediaPiece): Promise<string> {
    return this._api.medium(this._job, series, piece);
  }

  urlOf(series: MediaSeries, piece: MediaPiece): string {
    return this._api.mediumUrl(this._job, series, piece);
  }

  private readonly _api: JobsApi;
  private readonly _topic: string;
  private _kept = new MediaFold();
}

function keyOf({ name, kind }: MediaSeries): string {
  return `${name}\n${kind}`;
}

function joined(before: MediaSeries, news: MediaSeries): MediaSeries {
  const pieces = new Map(
    [...before.pieces, ...news.pieces].map(piece => [`${piece.step} ${piece.index}`, piece])
  );
  const all = [...pieces.values()].sort(
    (one, other) => one.step - other.step || one.index - other.index
  );
  const shown = all.length > MOST_HELD ? all.filter((_, at) => isKept(at, all.length)) : all;
  const leftOut = before.left_out + news.left_out + all.length - shown.length;
  return { ...news, pieces: shown, left_out: leftOut };
}

/** Whether a piece stays where there are too many: every second does, and the newest. */
function isKept(at: number, count: number): boolean {
  return at % 2 === 0 || at === count - 1;
}
