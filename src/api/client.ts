import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { ApiError } from './errors';
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
  Metrics,
  Model,
  NewSchedule,
  Package,
  Schedule,
  ScheduleChange,
  SchedulePreview,
  SeriesDelta,
  Submission
} from './types';

const ROOT = 'crispdm/api';
/** What a server that starts answers to commands: nothing was done, so it is asked again. */
const NOT_READY = 'not_ready';
const MOST_TRIES = 30;

/** One HTTP call below the API's root. */
interface ICall {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: object;
  query?: Record<string, string>;
  headers?: Record<string, string>;
}

/** A piece of a log: its text and the place of its first byte. */
export interface ILogPiece {
  text: string;
  start: number;
}

/**
 * The server's HTTP API, and the only place in the browser that fetches from it.
 *
 * Without settings it uses those of the page it runs in, so it works in Lab and in a dashboard alike.
 */
export class ApiClient {
  constructor(readonly settings: ServerConnection.ISettings = ServerConnection.makeSettings()) {}

  readonly jobs = {
    /** The newest jobs, or those older than the job `before`. */
    list: async (limit: number, before?: string): Promise<Job[]> => {
      const query = { limit: String(limit), ...(before !== undefined && { before }) };
      return (await this._json<{ jobs: Job[] }>('jobs', { query })).jobs;
    },
    get: (id: string): Promise<Job> => this._json<Job>(at('jobs', id)),
    submit: (job: Submission): Promise<Job> =>
      this._json<Job>('jobs', { method: 'POST', body: job }),
    submission: (id: string): Promise<Submission> =>
      this._json<Submission>(at('jobs', id, 'submission')),
    rerun: (id: string, changes: Submission): Promise<Job> =>
      this._json<Job>(at('jobs', id, 'rerun'), { method: 'POST', body: { changes } }),
    stop: (id: string, grace?: Grace): Promise<void> =>
      this._send(at('jobs', id, 'stop'), { method: 'POST', body: { grace } }),
    stopMany: (ids: readonly string[], grace?: Grace): Promise<void> =>
      this._send('jobs/stop', { method: 'POST', body: { ids, grace } }),
    stopAll: (): Promise<void> => this._send('jobs/stop', { method: 'POST', body: { all: true } }),
    send: (id: string, input: { text: string } | { eof: true }): Promise<void> =>
      this._send(at('jobs', id, 'input'), { method: 'POST', body: input }),
    remove: (id: string): Promise<void> => this._send(at('jobs', id), { method: 'DELETE' }),
    artifacts: async (id: string): Promise<Artifact[]> =>
      (await this._json<{ artifacts: Artifact[] }>(at('jobs', id, 'artifacts'))).artifacts,
    /** The first and the last point of each curve. */
    lastMetrics: async (id: string): Promise<Record<string, SeriesDelta>> => {
      const query = { points: '2' };
      return (await this._json<Metrics>(at('jobs', id, 'metrics'), { query })).series;
    },
    log: (id: string, from: number, to: number): Promise<ILogPiece> => this._log(id, from, to),
    artifact: async (id: string, path: string): Promise<string> =>
      (await this._call(at('jobs', id, 'artifacts', ...path.split('/')), {})).text(),
    logUrl: (id: string): string => this.url(at('jobs', id, 'log'), { download: '1' }),
    artifactUrl: (id: string, path: string): string =>
      this.url(at('jobs', id, 'artifacts', ...path.split('/')))
  };

  readonly environments = {
    list: async (refresh = false): Promise<Environment[]> => {
      const query: Record<string, string> = refresh ? { refresh: '1' } : {};
      return (await this._json<{ environments: Environment[] }>('environments', { query }))
        .environments;
    },
    /** All of them, those of the projects around a file first, the nearest one at the top. */
    near: async (path: string): Promise<Environment[]> =>
      (await this._json<{ environments: Environment[] }>('environments', { query: { near: path } }))
        .environments,
    makeKernel: (id: string): Promise<void> =>
      this._send(at('environments', id, 'kernel'), { method: 'POST' }),
    create: (wish: Creation): Promise<Accepted> =>
      this._json<Accepted>('environments', { method: 'POST', body: wish }),
    remove: (id: string): Promise<Accepted> =>
      this._json<Accepted>(at('environments', id), { method: 'DELETE' }),
    install: (id: string, packages: readonly string[]): Promise<Accepted> =>
      this._json<Accepted>(at('environments', id, 'packages'), {
        method: 'POST',
        body: { packages }
      }),
    packages: async (id: string): Promise<Package[]> =>
      (await this._json<{ packages: Package[] }>(at('environments', id, 'packages'))).packages,
    difference: (id: string, other: string): Promise<Difference> =>
      this._json<Difference>(at('environments', id, 'diff'), { query: { other } }),
    exportUrl: (id: string, format: 'requirements' | 'conda'): string =>
      this.url(at('environments', id, 'export'), { format, download: '1' })
  };

  readonly schedules = {
    create: (schedule: NewSchedule): Promise<Schedule> =>
      this._json<Schedule>('schedules', { method: 'POST', body: schedule }),
    change: (id: string, change: ScheduleChange): Promise<Schedule> =>
      this._json<Schedule>(at('schedules', id), { method: 'PATCH', body: change }),
    run: (id: string): Promise<Job> =>
      this._json<Job>(at('schedules', id, 'run'), { method: 'POST' }),
    remove: (id: string): Promise<void> => this._send(at('schedules', id), { method: 'DELETE' }),
    preview: (cron: string, timezone: string): Promise<SchedulePreview> =>
      this._json<SchedulePreview>('schedules/preview', { query: { cron, timezone } })
  };

  readonly models = {
    list: async (): Promise<Model[]> => (await this._json<{ models: Model[] }>('models')).models
  };

  readonly deployments = {
    list: async (): Promise<Deployment[]> =>
      (await this._json<{ deployments: Deployment[] }>('deployments')).deployments,
    create: (model: string): Promise<Deployment> =>
      this._json<Deployment>('deployments', { method: 'POST', body: { model } }),
    remove: (id: string): Promise<void> => this._send(at('deployments', id), { method: 'DELETE' })
  };

  /** The address of a path of the API, for links and downloads. */
  url(path: string, query: Record<string, string> = {}): string {
    const address = URLExt.join(this.settings.baseUrl, ROOT, path);
    return address + URLExt.objectToQueryString(query);
  }

  private async _log(id: string, from: number, to: number): Promise<ILogPiece> {
    const headers = { Range: `bytes=${from}-${to - 1}` };
    const response = await this._call(at('jobs', id, 'log'), { headers });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const skipped = from === 0 ? 0 : continuationBytes(bytes);
    return { text: new TextDecoder().decode(bytes.subarray(skipped)), start: from + skipped };
  }

  private async _json<T>(path: string, call: ICall = {}): Promise<T> {
    const response = await this._call(path, call);
    return (await response.json()) as T;
  }

  private async _send(path: string, call: ICall): Promise<void> {
    await this._call(path, call);
  }

  private async _call(path: string, call: ICall): Promise<Response> {
    const init: RequestInit = {
      method: call.method ?? 'GET',
      headers: { 'Content-Type': 'application/json', ...call.headers },
      // 'no-store', Lab's default, adds a number to the query, which the server would refuse as unknown.
      cache: 'no-cache',
      ...(call.body && { body: JSON.stringify(call.body) })
    };
    const url = this.url(path, call.query);
    for (let tries = 0; ; tries++) {
      const response = await ServerConnection.makeRequest(url, init, this.settings);
      if (response.ok) {
        return response;
      }
      const body = await errorBody(response);
      if (body.code !== NOT_READY || tries >= MOST_TRIES) {
        throw new ApiError(response.status, body);
      }
      await pause(Number(response.headers.get('Retry-After')) || 1);
    }
  }
}

/** Resolves after so many seconds, five at most. */
function pause(seconds: number): Promise<void> {
  return new Promise(done => setTimeout(done, Math.min(seconds, 5) * 1000));
}

/** A path whose parts are quoted, so that an id can never leave its place. */
function at(...parts: string[]): string {
  return parts.map(encodeURIComponent).join('/');
}

/** How many bytes at the front belong to a character that began before them. */
function continuationBytes(bytes: Uint8Array): number {
  let count = 0;
  while (count < Math.min(3, bytes.length) && (bytes[count] & 0xc0) === 0x80) {
    count++;
  }
  return count;
}

async function errorBody(response: Response): Promise<Partial<ErrorBody>> {
  try {
    return (await response.json()) as Partial<ErrorBody>;
  } catch {
    return { message: `${response.status} ${response.statusText}` };
  }
}
