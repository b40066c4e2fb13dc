import type { Contents } from '@jupyterlab/services';
import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import type { Alert, AlertRule, Artifact, Grace, Job, Keep, Submission } from '../api';
import type { IFacts } from './facts';

/** The jobs of the server. Commands return when they are accepted; the list changes when the fact comes. */
export interface IJobs extends IFacts {
  /** Newest first. */
  readonly list: readonly Job[];
  /** How many are not over. */
  readonly active: number;
  /** Emitted when a job that was active is over. */
  readonly ended: ISignal<IJobs, Job>;
  /** Hear of changes also while the page is hidden, until the answer is disposed of. */
  watch(): IDisposable;
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
  /** End a job; `keep` makes what it kept at its best point its result. */
  stop(id: string, grace?: Grace, keep?: Keep): Promise<void>;
  stopMany(ids: readonly string[], grace?: Grace, keep?: Keep): Promise<void>;
  stopAll(): Promise<void>;
  remove(id: string): Promise<void>;
  /** Delete several; rejects with the first reason when some were refused. */
  removeMany(ids: readonly string[]): Promise<void>;
  /** Run a job again, with changes. Asked twice at once, it is done once. */
  rerun(id: string, changes?: Submission): Promise<Job>;
  send(id: string, text: string): Promise<void>;
  endInput(id: string): Promise<void>;
  /** The rules that a job's curves are watched for, and which of them were raised. */
  alerts(id: string): Promise<Alert[]>;
  /** Watch for other rules; answers them as they stand then. */
  setAlerts(id: string, rules: readonly AlertRule[]): Promise<Alert[]>;
  artifacts(id: string): Promise<Artifact[]>;
  logUrl(id: string): string;
  artifactUrl(id: string, path: string): string;
}

/** More jobs than this cannot be read side by side. */
export const MOST_COMPARED = 50;

/** The jobs that the user has marked, in the order of their table. */
export interface IJobSelection {
  readonly ids: readonly string[];
}

/** The jobs that were sent from a notebook: the user is told of their end also when they were away. */
export interface ISentJobs {
  add(id: string): Promise<void>;
}

export const IJobSelection = new Token<IJobSelection>(
  'jupyter-crispdm:IJobSelection',
  'The jobs that the user has marked in the table in front.'
);

export const ISentJobs = new Token<ISentJobs>(
  'jupyter-crispdm:ISentJobs',
  'The jobs that were sent from a notebook, remembered over reloads of the page.'
);

/** The files that jobs left behind, as a drive of Lab that can only be read. */
export type IJobDrive = Contents.IDrive;

export const IJobs = new Token<IJobs>('jupyter-crispdm:IJobs', 'The jobs of the server.');

export const IJobDrive = new Token<IJobDrive>(
  'jupyter-crispdm:IJobDrive',
  'The files that jobs left behind, to be opened in Lab.'
);

/** The name of the drive: a path on it is `crispdm-jobs:<job>/<file>`. */
export const JOB_FILES = 'crispdm-jobs';

/** The path of a job's file on the drive. */
export function jobFilePath(job: string, file: string): string {
  return `${JOB_FILES}:${job}/${file}`;
}

/** The commands for jobs. */
export namespace JobCommands {
  export const runFile = 'jupyter-crispdm:run-file';
  export const sendCells = 'jupyter-crispdm:send-cells';
  export const runFromCell = 'jupyter-crispdm:run-from-cell';
  export const open = 'jupyter-crispdm:open-job';
  export const openTable = 'jupyter-crispdm:open-jobs';
  export const loadOlder = 'jupyter-crispdm:load-older-jobs';
  export const compare = 'jupyter-crispdm:compare-jobs';
  export const openChart = 'jupyter-crispdm:open-chart';
  export const stop = 'jupyter-crispdm:stop-job';
  export const stopAll = 'jupyter-crispdm:stop-jobs';
  export const stopGently = 'jupyter-crispdm:stop-job-gently';
  /** Shows and changes the rules that raise an alert. */
  export const alerts = 'jupyter-crispdm:job-alerts';
  export const rerun = 'jupyter-crispdm:rerun-job';
  export const rerunWithChanges = 'jupyter-crispdm:change-job';
  export const remove = 'jupyter-crispdm:delete-job';
  export const copyId = 'jupyter-crispdm:copy-job-id';
  export const downloadLog = 'jupyter-crispdm:download-log';
  export const showResult = 'jupyter-crispdm:show-result';
  /** Opens a file, `path` as Lab knows it, at a `line` from 1. */
  export const openFile = 'jupyter-crispdm:open-file-at-line';
  export const followLink = 'jupyter-crispdm:follow-job-link';
  export const enableBrowserNotifications = 'jupyter-crispdm:enable-browser-notifications';
}
