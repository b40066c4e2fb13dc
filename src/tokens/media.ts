import { Token } from '@lumino/coreutils';
import type { MediaPiece, MediaSeries } from '../api';
import type { IShownFacts } from './facts';
import type { ISharedModels } from './workbench';

/** What one job keeps with a step: pictures, histograms, texts, tables, figures. */
export interface IMedia extends IShownFacts {
  /** By name and kind; the pieces of each by step. */
  readonly series: readonly MediaSeries[];
  /** Why some of it cannot be read; empty when all can. */
  readonly trouble: string;
  /** The content of a piece that is no picture. */
  read(series: MediaSeries, piece: MediaPiece): Promise<string>;
  urlOf(series: MediaSeries, piece: MediaPiece): string;
}

/** What jobs keep, by the id of the job. */
export type IMediaOfJobs = ISharedModels<IMedia>;

export const IMediaOfJobs = new Token<IMediaOfJobs>(
  'jupyter-crispdm:IMediaOfJobs',
  'Pictures, tables and the like that jobs keep, by the id of the job.'
);
