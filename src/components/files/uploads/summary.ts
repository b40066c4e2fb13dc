import type { IUpload } from '../../../tokens/files';

/** How far many uploads are, together. */
export interface ISummary {
  readonly count: number;
  readonly done: number;
  readonly failed: number;
  /** Those that go or wait. */
  readonly open: number;
  readonly paused: number;
  readonly bytes: number;
  readonly sent: number;
  /** Bytes a second. */
  readonly speed: number;
  /** Milliseconds that are left at this speed; null when that cannot be told. */
  readonly left: number | null;
}

export function summaryOf(uploads: readonly IUpload[]): ISummary {
  const of = (...states: IUpload['state'][]): IUpload[] =>
    uploads.filter(({ state }) => states.includes(state));
  const sum = (read: (one: IUpload) => number, all = uploads): number =>
    all.reduce((total, one) => total + read(one), 0);
  const going = of('waiting', 'sending', 'stalled');
  const speed = sum(one => one.speed);
  const rest = sum(one => one.size - one.sent, going);
  return {
    count: uploads.length,
    done: of('done').length,
    failed: of('failed').length,
    open: going.length,
    paused: of('paused').length,
    bytes: sum(one => one.size),
    sent: sum(one => one.sent),
    speed,
    left: speed > 0 && going.length > 0 ? (rest / speed) * 1000 : null
  };
}
