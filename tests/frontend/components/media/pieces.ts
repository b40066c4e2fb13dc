import type { MediaPiece, MediaSeries } from '../../../../src/api';

/** A piece of a step. */
export function aPiece(step: number, change: Partial<MediaPiece> = {}): MediaPiece {
  const none = { width: null, height: null, rows: null, columns: null };
  return {
    step,
    time: 1_700_000_000 + step,
    bytes: 100,
    index: 0,
    caption: '',
    version: `${step}f`,
    ...none,
    ...change
  };
}

/** Pieces of a name. */
export function keptAs(
  kind: MediaSeries['kind'],
  name: string,
  pieces: MediaPiece[],
  leftOut = 0
): MediaSeries {
  return { kind, name, pieces, left_out: leftOut };
}
