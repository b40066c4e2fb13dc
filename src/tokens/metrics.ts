import { Token } from '@lumino/coreutils';
import type {
  Job,
  MediaPiece,
  MediaSeries,
  MetricRules,
  MetricRulesChange,
  RuleSet,
  RulesTried
} from '../api';
import type { IFacts, IShownFacts } from './facts';
import type { ISharedModels } from './workbench';

/**
 * One curve, the oldest point first. Not-a-number and the infinities are kept as what they are.
 *
 * It grows in place: an array read here is good until the next change.
 */
export interface ISeries {
  readonly length: number;
  readonly step: Float64Array;
  readonly value: Float64Array;
  /** Seconds since the epoch; not-a-number where unknown. */
  readonly time: Float64Array;
  /** Grows with each change. */
  readonly version: number;
  /** Grows when points changed that were there before; else points are only added. */
  readonly rewrites: number;
  /** The lowest and the highest finite value; not-a-number without one. */
  readonly low: number;
  readonly high: number;
  /** The places at which another attempt of the run begins. Points of earlier ones from its step on are not here. */
  readonly restarts: readonly number[];
}

/** A part of some curves that is asked for in as many points as can be seen. */
export interface IWindow {
  names: readonly string[];
  /** Whether `begin` and `end` are steps, or seconds since the epoch. */
  axis: 'step' | 'time';
  begin: number;
  end: number;
  points: number;
}

/** The curves of one job. */
export interface IMetrics extends IShownFacts {
  readonly series: ReadonlyMap<string, ISeries>;
  /** Grows when something else changed than that points were added. */
  readonly shape: number;
  /** Whether the job is over and all of its curves are here. */
  readonly isEnded: boolean;
  /** Why some of them cannot be read; empty when all can. */
  readonly trouble: string;
  /** Look closer: the curves between two places, as the server has them. Rejects when it refuses. */
  closer(window: IWindow): Promise<ReadonlyMap<string, ISeries>>;
  /** Whole curves, with every point that was logged. */
  whole(names: readonly string[]): Promise<ReadonlyMap<string, ISeries>>;
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

/** The curves of runs that no job made, by id. */
export type IMetricsOfRuns = ISharedModels<IMetrics>;

export const IMetricsOfRuns = new Token<IMetricsOfRuns>(
  'jupyter-crispdm:IMetricsOfRuns',
  'The curves of any run, by the id of the run.'
);

export const ILatestMetrics = new Token<ILatestMetrics>(
  'jupyter-crispdm:ILatestMetrics',
  'The newest value of each metric of many jobs.'
);

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

/** The rules by which metrics are found in logs. */
export interface IMetricRules {
  show(): Promise<MetricRules>;
  /** Rejects for a rule that means nothing, and when somebody else was faster. */
  change(change: MetricRulesChange): Promise<MetricRules>;
  /** What rules find in a text; nothing is kept. */
  tryOut(rules: RuleSet, text: string): Promise<RulesTried>;
}

export const IMetricRules = new Token<IMetricRules>(
  'jupyter-crispdm:IMetricRules',
  'The rules by which metrics are found in logs.'
);

/** The commands for rules. */
export namespace RuleCommands {
  export const edit = 'crispdm:metric-rules';
}
