import type { Job, JobState } from '../../api';
import { isFinal } from '../../api';
import { own } from '../../api/own';
import { elapsed, fraction } from '../basics/format';
import type { Latest } from '../../tokens/metrics';
import type { NameOf } from '../jobs/filter';

/** What the table can be sorted by: what all jobs have, `metric:x` and `parameter:x`. */
export type SortKey = string;

/** One column, upwards or downwards. */
export interface ISort {
  key: SortKey;
  descending: boolean;
}

export const NEWEST_FIRST: ISort = { key: 'created', descending: true };

type Value = string | number | null;
type Read = (job: Job, nameOf: NameOf, now: number) => Value;

/** What is busy stands first. */
const STATES: readonly JobState[] = [
  'running',
  'starting',
  'stopping',
  'queued',
  'failed',
  'lost',
  'stopped',
  'succeeded'
];

const VALUES: Readonly<Record<string, Read>> = {
  state: job => STATES.indexOf(job.state),
  name: job => job.name,
  progress: job => fraction(job),
  elapsed: (job, _, now) => elapsed(job, now),
  cpu: job => (isFinal(job.state) ? null : (job.resources?.cpu_percent ?? null)),
  memory: job => (isFinal(job.state) ? null : (job.resources?.memory_bytes ?? null)),
  environment: (job, nameOf) => nameOf(job.environment),
  owner: job => `${job.owner} ${job.via}`.trim(),
  outcome: job => outcomeOf(job),
  created: job => job.created,
  tags: job => job.tags.join(' ') || null
};

const LARGEST_FIRST: ReadonlySet<SortKey> = new Set([
  'created',
  'elapsed',
  'cpu',
  'memory',
  'progress'
]);

/** The jobs in order. What has no value comes last both ways; equals stay as they were. */
export function sortJobs(
  jobs: readonly Job[],
  { key, descending }: ISort,
  nameOf: NameOf,
  now: number,
  latestOf: (id: string) => Latest | undefined = () => undefined
): readonly Job[] {
  const read = own(VALUES, key) ?? reader(key, latestOf);
  const sign = descending ? -1 : 1;
  return jobs
    .map(job => ({ job, value: read(job, nameOf, now) }))
    .sort((a, b) => compare(a.value, b.value, sign))
    .map(({ job }) => job);
}

/** Reads what a metric or parameter column shows. */
function reader(key: SortKey, latestOf: (id: string) => Latest | undefined): Read {
  const name = key.slice(key.indexOf(':') + 1);
  if (key.startsWith('metric:')) {
    return job => asNumber(latestOf(job.id)?.get(name));
  }
  return job => asValue(own(job.parameters, name));
}

function asNumber(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

function asValue(value: unknown): Value {
  if (value === undefined || value === null || typeof value === 'string') {
    return value ?? null;
  }
  return typeof value === 'number' ? asNumber(value) : JSON.stringify(value);
}

/** The order after a click on a column's head: its natural direction first, then the other. */
export function sortBy(sort: ISort, key: SortKey): ISort {
  const descending = sort.key === key ? !sort.descending : LARGEST_FIRST.has(key);
  return { key, descending };
}

/** Why a job ended or waits; else its exit code, unless that says that all went well. */
export function outcomeOf(job: Job): string {
  if (job.reason && job.reason !== job.state) {
    return job.reason;
  }
  return job.exit_code ? String(job.exit_code) : (job.signal ?? '');
}

const COLLATOR = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

function compare(a: Value, b: Value, sign: number): number {
  if (isNothing(a) || isNothing(b)) {
    return Number(isNothing(a)) - Number(isNothing(b));
  }
  const areNumbers = typeof a === 'number' && typeof b === 'number';
  return sign * (areNumbers ? a - b : COLLATOR.compare(String(a), String(b)));
}

function isNothing(value: Value): value is null {
  return value === null || value === '';
}
