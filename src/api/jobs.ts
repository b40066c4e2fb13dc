import type { ApiClient } from './client';
import { at, type IAddress } from './paths';
import type {
  Alert,
  AlertRule,
  Artifact,
  Grace,
  Job,
  Keep,
  MediaPiece,
  MediaSeries,
  Submission
} from './types';

/** What can be asked about jobs. */
export class JobsApi {
  constructor(private readonly _client: ApiClient) {}

  /** The newest jobs, or those older than the job `before`; no more than `limit`. */
  async page(limit: number, before?: string): Promise<Job[]> {
    const query = { limit: String(limit), ...(before !== undefined && { before }) };
    return (await this._client.json(at('GET', 'jobs'), { query })).jobs;
  }

  get(id: string): Promise<Job> {
    return this._client.json(at('GET', 'jobs/{id}', { id }));
  }

  submit(job: Submission): Promise<Job> {
    return this._client.json(at('POST', 'jobs'), { body: job });
  }

  submission(id: string): Promise<Submission> {
    return this._client.json(at('GET', 'jobs/{id}/submission', { id }));
  }

  rerun(id: string, changes: Submission): Promise<Job> {
    return this._client.json(at('POST', 'jobs/{id}/rerun', { id }), { body: { changes } });
  }

  stop(id: string, grace?: Grace, keep?: Keep): Promise<void> {
    return this._client.send(at('POST', 'jobs/{id}/stop', { id }), { body: { grace, keep } });
  }

  stopMany(ids: readonly string[], grace?: Grace, keep?: Keep): Promise<void> {
    return this._client.send(at('POST', 'jobs/stop'), { body: { ids, grace, keep } });
  }

  stopAll(): Promise<void> {
    return this._client.send(at('POST', 'jobs/stop'), { body: { all: true } });
  }

  send(id: string, input: { text: string } | { eof: true }): Promise<void> {
    return this._client.send(at('POST', 'jobs/{id}/input', { id }), { body: input });
  }

  remove(id: string): Promise<void> {
    return this._client.send(at('DELETE', 'jobs/{id}', { id }));
  }

  /** The rules that a job's curves are watched for, and which of them were raised. */
  async alerts(id: string): Promise<Alert[]> {
    return (await this._client.json(at('GET', 'jobs/{id}/alerts', { id }))).alerts;
  }

  /** Watch a job's curves for other rules. One that stays as it was is not raised again. */
  async setAlerts(id: string, alerts: readonly AlertRule[]): Promise<Alert[]> {
    const body = { alerts: [...alerts] };
    return (await this._client.json(at('PUT', 'jobs/{id}/alerts', { id }), { body })).alerts;
  }

  async artifacts(id: string): Promise<Artifact[]> {
    return (await this._client.json(at('GET', 'jobs/{id}/artifacts', { id }))).artifacts;
  }

  /** The content of a file that a job left behind. */
  async artifact(id: string, path: string): Promise<string> {
    return (await this._client.call(file(id, path))).text();
  }

  /** The content of one piece that is a text: a histogram or a table as JSON, or the text itself. */
  async medium(id: string, series: MediaSeries, piece: MediaPiece): Promise<string> {
    const query = placeOf(series, piece);
    return (await this._client.call(medium(id, series.name), { query })).text();
  }

  mediumUrl(id: string, series: MediaSeries, piece: MediaPiece): string {
    return this._client.url(medium(id, series.name), placeOf(series, piece));
  }

  logUrl(id: string): string {
    return this._client.url(at('GET', 'jobs/{id}/log', { id }), { download: '1' });
  }

  artifactUrl(id: string, path: string): string {
    return this._client.url(file(id, path));
  }
}

function medium(id: string, name: string): IAddress {
  return at('GET', 'jobs/{id}/media/{name}', { id, name });
}

/** Of a piece that takes the place of another: the version makes it another address, for what a browser keeps. */
function placeOf({ kind }: MediaSeries, piece: MediaPiece): Record<string, string> {
  const { step, index, version } = piece;
  return { kind, step: String(step), index: String(index), version };
}

function file(id: string, path: string): IAddress {
  return at('GET', 'jobs/{id}/artifacts/{path}', { id, path });
}
