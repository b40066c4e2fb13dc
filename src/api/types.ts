import type { components } from './generated';

type Schemas = components['schemas'];

/** What the server sends always carries every field; a default only means that a client may leave it out. */
export type Received<K extends keyof Schemas> = Whole<Schemas[K]>;
export type Whole<T> = T extends (infer U)[]
  ? Whole<U>[]
  : T extends object
    ? { [K in keyof T]-?: Whole<T[K]> }
    : T;

export type Job = Received<'Job'>;
export type JobState = Job['state'];
export type Progress = Received<'Progress'>;
export type Submission = Partial<Schemas['Submission']>;
/** Seconds to wait after SIGINT, and after SIGTERM. */
export type Grace = readonly [number, number];
/** What becomes the result of a job that is stopped. */
export type Keep = 'best';
export type Metrics = Received<'Metrics'>;
export type LogLines = Received<'LogLines'>;
export type LogMatches = Received<'LogMatches'>;
export type LogErrors = Received<'LogErrors'>;
export type Artifact = Received<'Artifact'>;
export type MediaSeries = Received<'MediaSeries'>;
export type MediaPiece = MediaSeries['pieces'][number];
export type Diagnosis = Received<'Diagnosis'>;
export type Verdict = Diagnosis['verdict'];
export type Finding = Diagnosis['findings'][number];
export type Alert = Diagnosis['alerts'][number];
export type AlertRule = Alert['rule'];
export type MetricRules = Received<'MetricRules'>;
export type MetricRulesChange = Schemas['MetricRulesChange'];
export type RuleSet = Received<'RuleSet'>;
export type RulesTried = Received<'RulesTried'>;
export type TriedLine = RulesTried['lines'][number];
export type Environment = Received<'Environment'>;
export type Package = Received<'Package'>;
export type Difference = Received<'Difference'>;
export type Accepted = Received<'Accepted'>;
export type Creation = Partial<Schemas['Creation']>;
export type Model = Received<'Model'>;
export type ModelVersion = Received<'ModelVersion'>;
export type AliasHistory = Received<'AliasHistory'>;
export type AliasSpan = Received<'AliasSpan'>;
export type TrustReport = Received<'TrustReport'>;
export type Deployment = Received<'Deployment'>;
export type Schedule = Received<'Schedule'>;
export type NewSchedule = Partial<Omit<Schemas['NewSchedule'], 'submission'>> & {
  cron: string;
  submission: Submission;
};
export type ScheduleChange = Partial<NewSchedule> & { paused?: boolean };
export type SchedulePreview = Received<'Preview'>;
export type Snapshot = Received<'Snapshot'>;
export type SnapshotChange = Schemas['SnapshotChange'];
export type Merged = Received<'Merged'>;
export type Work = Received<'Work'>;
export type LoadedWork = Received<'LoadedWork'>;
export type NewWork = Partial<Schemas['NewWork']>;
export type Figures = Partial<Received<'Figures'>>;
/** A row of the table of runs. What stands at its default within a part may be left out. */
export type Run = Omit<Received<'Run'>, 'metrics' | 'system' | 'inputs' | 'lineage'> & {
  metrics: Record<string, Figures>;
  system: Record<string, Figures>;
  inputs: Partial<Received<'Run'>['inputs']>;
  lineage: Partial<Received<'Run'>['lineage']>;
};
export type RunState = Run['state'];
export type RunList = Omit<Received<'RunList'>, 'runs'> & { runs: Run[] };
/** What runs can be filtered and sorted by. */
export type RunFields = Received<'FieldList'>;
export type RunDetail = Schemas['RunDetail'];
export type RunChange = Schemas['RunChange'];
export type RunAgain = Received<'RunAgain'>;
export type RunAgainWish = Partial<Pick<Schemas['Again'], 'code' | 'environment'>>;
export type RunEnvironment = Received<'RunEnvironment'>;
export type RunInput = Partial<RunAgain['inputs'][number]> &
  Pick<RunAgain['inputs'][number], 'input' | 'state'>;
export type RunView = Received<'View'>;
export type SavedRunView = Received<'SavedView'>;
export type KeptVersion = Received<'Version'>;
export type KeptLayout = Received<'Layout'>;
export type ErrorBody = Schemas['ErrorBody'];

/** New points of a series in the order they were logged, their numbers as JSON can say them. */
/** Where a curve does not restart, nothing is said of it. */
export type SeriesDelta = Omit<Received<'Curve'>, 'restarts'> & { restarts?: number[] };
export type WireNumber = SeriesDelta['value'][number];

/** What the topics of the live socket tell. A field at its default may be left out. */
type Told<K extends keyof Schemas> = { [F in keyof Schemas[K]]: Whole<Schemas[K][F]> };
export type JobsFact = Partial<Told<'JobsFact'>>;
export interface IRunsFact {
  runs?: Run[];
  run?: Run;
  deleted?: string;
}
export type LogFact = Told<'LogFact'>;
export type MetricsFact = Told<'MetricsFact'>;
export type MediaFact = Partial<Told<'MediaFact'>>;
export type DiagnosisFact = Partial<Told<'DiagnosisFact'>>;
export type EnvironmentsFact = Told<'EnvironmentsFact'>;
export type ModelsFact = Told<'ModelsFact'>;
export type SchedulesFact = Told<'SchedulesFact'>;
export type SnapshotFact = Told<'SnapshotFact'>;
export type DeploymentsFact = Told<'DeploymentsFact'>;

/** How many jobs the topic `jobs` begins with, and the most that one request lists. */
export const JOBS_PAGE = 1000;

const FINAL: ReadonlySet<JobState> = new Set(['succeeded', 'failed', 'stopped', 'lost']);

/** Whether a job in this state is over; a final state never changes. */
export function isFinal(state: JobState): boolean {
  return FINAL.has(state);
}
