import { Token } from '@lumino/coreutils';
import type { Job } from '../api';
import type { IFacts } from './facts';
import type { ISharedModels } from './workbench';

/** One curve. Not-a-number and the infinities are kept as what they are. */
export interface ISeries {
  readonly step: readonly number[];
  readonly value: readonly number[];
  readonly time: readonly number[];
}

/** The curves of one job. */
export interface IMetrics extends IFacts {
  readonly series: ReadonlyMap<string, ISeries>;
  /** Whether the job is over and all of its curves are here. */
  readonly isEnded: boolean;
  /** Why some of them cannot be read; empty when all can. */
  readonly trouble: string;
  /** Seconds between two updates; null means as they come. */
  period: number | null;
}

/** The newest value of each metric of a job, by name. */
export type Latest = ReadonlyMap<string, number>;

/** The newest values of the metrics of many jobs. */
export interface ILatestMetrics extends IFacts {
  /** What is known of a job; it is asked for by `want`. */
  of(id: string): Latest | undefined;
  /** Say for which jobs the values are wanted now. */
  want(jobs: readonly Job[]): void;
}

/** The curves of jobs, by id. */
export type IMetricsOfJobs = ISharedModels<IMetrics>;

export const IMetricsOfJobs = new Token<IMetricsOfJobs>(
  'jupyter-crispdm:IMetricsOfJobs',
  'The curves of jobs, by the id of the job.'
);

export const ILatestMetrics = new Token<ILatestMetrics>(
  'jupyter-crispdm:ILatestMetrics',
  'The newest value of each metric of many jobs.'
);
