import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import type {
  Accepted,
  Artifact,
  Creation,
  Deployment,
  Difference,
  Environment,
  ErrorBody,
  Grace,
  Job,
  LiveState,
  Model,
  NewSchedule,
  Package,
  Schedule,
  ScheduleChange,
  SchedulePreview,
  Submission
} from './api';

/** Something that shows facts of the server, and says when they changed. */
export interface IFacts extends IDisposable {
  /** Emitted after each change. */
  readonly changed: ISignal<IFacts, void>;
  /** Whether the first facts have come. */
  readonly isReady: boolean;
  /** Why there are none, in words; empty when all is well. */
  readonly error: string;
}

/** The jobs of the server. Commands return when they are accepted; the list changes when the fact comes. */
export interface IJobs extends IFacts {
  /** Newest first. */
  readonly list: readonly Job[];
  /** How many are not over. */
  readonly active: number;
  /** Emitted when a job that was active is over. */
  readonly ended: ISignal<IJobs, Job>;
  get(id: string): Job | undefined;
  /** Look a job up on the server when the list does not hold it; rejects when it is not there. */
  find(id: string): Promise<Job>;
  /** Whether a command for this job is on its way. */
  isPending(id: string): boolean;
  /** Whether the server may have jobs older than those in the list. */
  readonly hasOlder: boolean;
  readonly isLoadingOlder: boolean;
  /** Add the next older jobs to the list. */
  loadOlder(): Promise<void>;
  submit(job: Submission): Promise<Job>;
  /** How a job was asked for. */
  submission(id: string): Promise<Submission>;
  stop(id: string, grace?: Grace): Promise<void>;
  stopMany(ids: readonly string[], grace?: Grace): Promise<void>;
  stopAll(): Promise<void>;
  remove(id: string): Promise<void>;
  /** Delete several; rejects with the first reason when some were refused. */
  removeMany(ids: readonly string[]): Promise<void>;
  /** Run a job again, with changes. Asked twice at once, it is done once. */
  rerun(id: string, changes?: Submission): Promise<Job>;
  send(id: string, text: string): Promise<void>;
  endInput(id: string): Promise<void>;
  artifacts(id: string): Promise<Artifact[]>;
  logUrl(id: string): string;
  artifactUrl(id: string, path: string): string;
}

/** The environments that jobs can run in. */
export interface IEnvironments extends IFacts {
  readonly list: readonly Environment[];
  /** The name of an environment, or its id when it is gone. */
  nameOf(id: string): string;
  /** The id of the environment to propose for a file: that of the nearest project, else the server's. */
  nearest(path: string): Promise<string>;
  /** Whether a kernel is being made for it. */
  isPending(id: string): boolean;
  refresh(): Promise<void>;
  makeKernel(id: string): Promise<void>;
  create(wish: Creation): Promise<Accepted>;
  remove(id: string): Promise<Accepted>;
  install(id: string, packages: readonly string[]): Promise<Accepted>;
  packages(id: string): Promise<Package[]>;
  difference(id: string, other: string): Promise<Difference>;
  exportUrl(id: string, format: 'requirements' | 'conda'): string;
}

/** The jobs that start at times of their own. */
export interface ISchedules extends IFacts {
  /** Oldest first. */
  readonly list: readonly Schedule[];
  get(id: string): Schedule | undefined;
  /** Whether a command for this schedule is on its way. */
  isPending(id: string): boolean;
  create(schedule: NewSchedule): Promise<Schedule>;
  change(id: string, change: ScheduleChange): Promise<Schedule>;
  run(id: string): Promise<Job>;
  remove(id: string): Promise<void>;
  /** What a cron expression means and when it is due next; rejects when it means nothing. */
  preview(cron: string, timezone: string): Promise<SchedulePreview>;
}

/** The registered models and where they are deployed. */
export interface IModels extends IFacts {
  readonly list: readonly Model[];
  readonly deployments: readonly Deployment[];
  /** Whether the server has told what is deployed. */
  readonly isServingKnown: boolean;
  deploymentOf(model: string, version: number): Deployment | undefined;
  isPending(model: string, version: number): boolean;
  deploy(model: string, version: number): Promise<void>;
  undeploy(id: string): Promise<void>;
}

/** The log of one job: its lines, the newest last. */
export interface ILog extends IFacts {
  readonly length: number;
  line(index: number): string;
  /** A number that is the same for the same line when lines are added or dropped at the front. */
  key(index: number): number;
  /** Bytes of the log that lie before the first line held here. */
  readonly earlier: number;
  readonly isLoadingEarlier: boolean;
  /** Whether lines were dropped here because there were too many. */
  readonly isCut: boolean;
  /** Whether the job is over and all of its log is here. */
  readonly isEnded: boolean;
  /** Why the log cannot be read; empty when it can. */
  readonly trouble: string;
  loadEarlier(): Promise<void>;
}

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

/** The state of the page's one connection. */
export interface IConnection {
  readonly state: LiveState;
  readonly stateChanged: ISignal<IConnection, LiveState>;
  reconnect(): void;
}

/** A model shared by several views; it lives until the last of them disposes of its lease. */
export interface ILease<T> extends IDisposable {
  readonly model: T;
}

/** All that the views of a page share. */
export interface IWorkbench {
  readonly connection: IConnection;
  readonly jobs: IJobs;
  readonly schedules: ISchedules;
  readonly environments: IEnvironments;
  readonly models: IModels;
  readonly latest: ILatestMetrics;
  log(job: string): ILease<ILog>;
  metrics(job: string): ILease<IMetrics>;
}

/** More jobs than this cannot be read side by side. */
export const MOST_COMPARED = 5;

/** The jobs that the user has marked, in the order of their table. */
export interface IJobSelection {
  readonly ids: readonly string[];
}

/** The jobs that were sent from a notebook: the user is told of their end also when they were away. */
export interface ISentJobs {
  add(id: string): Promise<void>;
}

export type { ErrorBody };

export const IWorkbench = new Token<IWorkbench>(
  'jupyter-crispdm:IWorkbench',
  'The jobs, environments and models of the server, live, shared by all views of the page.'
);

export const IJobSelection = new Token<IJobSelection>(
  'jupyter-crispdm:IJobSelection',
  'The jobs that the user has marked in the table in front.'
);

export const ISentJobs = new Token<ISentJobs>(
  'jupyter-crispdm:ISentJobs',
  'The jobs that were sent from a notebook, remembered over reloads of the page.'
);
