import type { TranslationBundle } from '@jupyterlab/translation';
import type { NewStream, SourceTrial } from '../../api/streams';

export const KINDS = ['simulated', 'mqtt', 'file', 'http', 'metrics', 'serving', 'replay'] as const;
export type Kind = (typeof KINDS)[number];

/** A column of the samples, and where it stands in a message. */
export interface IColumn {
  name: string;
  path: string;
  type: string;
}

/** What is typed into the form of a new stream. */
export interface IStreamValues {
  name: string;
  kind: Kind;
  rate: string;
  host: string;
  port: string;
  topic: string;
  version: string;
  qos: string;
  tls: boolean;
  username: string;
  password_env: string;
  path: string;
  url: string;
  job: string;
  model: string;
  stream: string;
  speed: string;
  window: string;
  over: string;
  columns: readonly IColumn[];
}

export type StreamErrors = Partial<Record<keyof IStreamValues | '', string>>;

/** A form in which nothing was typed yet. */
export function newValues(): IStreamValues {
  return {
    name: '',
    kind: 'simulated',
    rate: '10',
    host: '',
    port: '1883',
    topic: '',
    version: '5',
    qos: '1',
    tls: false,
    username: '',
    password_env: '',
    path: '',
    url: '',
    job: '',
    model: '',
    stream: '',
    speed: '1',
    window: '1000',
    over: '0.5',
    columns: []
  };
}

/** The fields that hold a text. */
export type TextName = Exclude<keyof IStreamValues, 'kind' | 'tls' | 'columns'>;
type Source = NewStream['source'];

/** Which texts a kind of source cannot do without, and which numbers it has. */
const NEEDS: Record<Kind, { texts: readonly TextName[]; numbers: readonly TextName[] }> = {
  simulated: { texts: [], numbers: ['rate'] },
  mqtt: { texts: ['host', 'topic'], numbers: ['port'] },
  file: { texts: ['path'], numbers: [] },
  http: { texts: ['url'], numbers: [] },
  metrics: { texts: ['job'], numbers: [] },
  serving: { texts: [], numbers: [] },
  replay: { texts: ['stream'], numbers: ['speed'] }
};

/** The source that was typed, or what is wrong with it. */
export function sourceOf(
  values: IStreamValues,
  trans: TranslationBundle
): { source: Source } | { errors: StreamErrors } {
  const { texts, numbers } = NEEDS[values.kind];
  const errors = {
    ...missing(values, texts, trans),
    ...noNumbers(values, numbers, trans)
  };
  return Object.keys(errors).length > 0
    ? { errors }
    : { source: { kind: values.kind, ...detailsOf(values), ...fieldsOf(values.columns) } };
}

/** The stream that was typed, or what is wrong with it. */
export function streamOf(
  values: IStreamValues,
  trans: TranslationBundle
): { stream: NewStream } | { errors: StreamErrors } {
  const read = sourceOf(values, trans);
  const optional = values.over.trim() === '' ? [] : (['over'] as const);
  const errors = {
    ...('errors' in read ? read.errors : {}),
    ...missing(values, ['name'], trans),
    ...noNumbers(values, ['window', ...optional], trans)
  };
  if ('errors' in read || Object.keys(errors).length > 0) {
    return { errors };
  }
  const alert = optional.length > 0 ? { field: 'probability', over: Number(values.over) } : null;
  const window = Number(values.window);
  return { stream: { name: values.name.trim(), source: read.source, window, alert } };
}

/** The columns that a trial proposes; names that were chosen before stay where their path is still there. */
export function columnsOf(trial: SourceTrial, before: readonly IColumn[]): readonly IColumn[] {
  return trial.columns.map(column => ({
    ...column,
    name: before.find(({ path }) => path === column.path)?.name ?? column.name
  }));
}

function detailsOf(values: IStreamValues): Source {
  switch (values.kind) {
    case 'simulated':
      return { rate: Number(values.rate) };
    case 'mqtt':
      return mqttOf(values);
    case 'file':
      return { path: values.path.trim() };
    case 'http':
      return { url: values.url.trim(), ...secretsOf(values) };
    case 'metrics':
      return { job: values.job.trim() };
    case 'serving':
      return { model: values.model.trim() };
    case 'replay':
      return { stream: values.stream, speed: Number(values.speed) };
  }
}

function mqttOf(values: IStreamValues): Source {
  const { host, port, topic, version, qos, tls } = values;
  return {
    host: host.trim(),
    port: Number(port),
    topic: topic.trim(),
    version: Number(version),
    qos: Number(qos),
    tls,
    ...secretsOf(values)
  };
}

function secretsOf({ username, password_env }: IStreamValues): Source {
  return { username: username.trim(), password_env: password_env.trim() };
}

/** A column without a name is not wanted. */
function fieldsOf(columns: readonly IColumn[]): { fields?: Record<string, string> } {
  const wanted = columns.filter(({ name }) => name.trim() !== '');
  const fields = Object.fromEntries(wanted.map(({ name, path }) => [name.trim(), path]));
  return wanted.length > 0 ? { fields } : {};
}

function missing(
  values: IStreamValues,
  fields: readonly TextName[],
  trans: TranslationBundle
): StreamErrors {
  const empty = fields.filter(field => values[field].trim() === '');
  return Object.fromEntries(empty.map(field => [field, trans.__('This is needed.')]));
}

function noNumbers(
  values: IStreamValues,
  fields: readonly TextName[],
  trans: TranslationBundle
): StreamErrors {
  const isNone = (text: string): boolean => text === '' || !Number.isFinite(Number(text));
  const wrong = fields.filter(field => isNone(values[field].trim()));
  return Object.fromEntries(wrong.map(field => [field, trans.__('A number.')]));
}
