import type { ApiClient } from './client';
import { at } from './client';
import type { Artifact, Grace, Job, Submission } from './types';

/** What can be asked about jobs. */
export class JobsApi {
  constructor(private readonly _client: ApiClient) {}

  /** The newest jobs, or those older than the job `before`; no more than `limit`. */
  async page(limit: number, before?: string): Promise<Job[]> {
    const query = { limit: String(limit), ...(before !== undefined && { before }) };
    return (await this._client.json<{ jobs: Job[] }>('jobs', { query })).jobs;
  }

  get(id: string): Promise<Job> {
    return this._client.json<Job>(at('jobs', id));
  }

  submit(job: Submission): Promise<Job> {
    return this._client.json<Job>('jobs', { method: 'POST', body: job });
  }

  submission(id: string): Promise<Submission> {
    return this._client.json<Submission>(at('jobs', id, 'submission'));
  }

  rerun(id: string, changes: Submission): Promise<Job> {
    return this._client.json<Job>(at('jobs', id, 'rerun'), { method: 'POST', body: { changes } });
  }

  stop(id: string, grace?: Grace): Promise<void> {
    return this._client.send(at('jobs', id, 'stop'), { method: 'POST', body: { grace } });
  }

  stopMany(ids: readonly string[], grace?: Grace): Promise<void> {
    return this._client.send('jobs/stop', { method: 'POST', body: { ids, grace } });
  }

  stopAll(): Promise<void> {
    return this._client.send('jobs/stop', { method: 'POST', body: { all: true } });
  }

  send(id: string, input: { text: string } | { eof: true }): Promise<void> {
    return this._client.send(at('jobs', id, 'input'), { method: 'POST', body: input });
  }

  remove(id: string): Promise<void> {
    return this._client.send(at('jobs', id), { method: 'DELETE' });
  }

  async artifacts(id: string): Promise<Artifact[]> {
    const answer = this._client.json<{ artifacts: Artifact[] }>(at('jobs', id, 'artifacts'));
    return (await answer).artifacts;
  }

  /** The content of a file that a job left behind. */
  async artifact(id: string, path: string): Promise<string> {
    return (await this._client.call(pathOf(id, path))).text();
  }

  logUrl(id: string): string {
    return this._client.url(at('jobs', id, 'log'), { download: '1' });
  }

  artifactUrl(id: string, path: string): string {
    return this._client.url(pathOf(id, path));
  }
}

function pathOf(id: string, path: string): string {
  return at('jobs', id, 'artifacts', ...path.split('/'));
}
