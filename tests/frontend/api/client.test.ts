import type { ServerConnection } from '@jupyterlab/services';
import { describe, expect, it, vi } from 'vitest';
import { ApiClient, ApiError } from '../../../src/api';
import { JobsApi } from '../../../src/api/jobs';
import { TrackingApi } from '../../../src/api/tracking';
import { aJob, fakeServer, json } from '../support';

const jobsOf = (settings: ServerConnection.ISettings) => new JobsApi(new ApiClient(settings));

describe('ApiClient', () => {
  it('asks below the base URL without the cache number that the server would refuse', async () => {
    const { settings, asked } = fakeServer(() => json({ jobs: [aJob()] }));
    const jobs = await jobsOf(settings).page(50);
    expect(jobs[0].id).toBe('j1');
    expect(asked[0]).toMatchObject({ path: '/base/crispdm/api/jobs', query: '?limit=50' });
  });

  it('sends a job as JSON', async () => {
    const { settings, asked } = fakeServer(() => json(aJob(), 201));
    await jobsOf(settings).submit({ script: 'train.py', args: ['--epochs', '5'] });
    expect(asked[0]).toMatchObject({
      method: 'POST',
      body: { script: 'train.py', args: ['--epochs', '5'] }
    });
    expect(asked[0].headers.get('Content-Type')).toBe('application/json');
  });

  it('quotes ids, so that none can leave its place in the path', async () => {
    const { settings, asked } = fakeServer(() => json(aJob()));
    await jobsOf(settings).get('../users?x=1#');
    expect(asked[0].path).toBe('/base/crispdm/api/jobs/..%2Fusers%3Fx%3D1%23');
    expect(asked[0].query).toBe('');
  });

  it('keeps the folders of an artifact and quotes their names', () => {
    const { settings } = fakeServer(() => json({}));
    const url = jobsOf(settings).artifactUrl('j1', 'plots/loss & iou.png');
    expect(url).toBe('http://here/base/crispdm/api/jobs/j1/artifacts/plots/loss%20%26%20iou.png');
  });

  it('throws what the server said, with the field', async () => {
    const body = {
      message: "'name' is too long.",
      code: 'bad_request',
      details: { field: 'name' }
    };
    const { settings } = fakeServer(() => json(body, 400));
    const error = await jobsOf(settings)
      .submit({})
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 400, field: 'name', message: "'name' is too long." });
  });

  it('throws a readable error when the answer is no JSON', async () => {
    const { settings } = fakeServer(
      () => new Response('<html>', { status: 502, statusText: 'Bad Gateway' })
    );
    await expect(jobsOf(settings).stop('j1')).rejects.toThrow('502 Bad Gateway');
  });

  it('asks a log for lines, places and errors', async () => {
    const { settings, asked } = fakeServer(() => json({ lines: [] }));
    const tracking = new TrackingApi(new ApiClient(settings));
    const { signal } = new AbortController();
    await tracking.lines('j1', { at: 9, before: 5, after: 0 });
    const query = { text: 'a&b', regex: true, matchCase: false, begin: 7 };
    await tracking.search('j1', query, signal);
    await tracking.errors('j1', 3, signal);
    const paths = asked.map(({ path, query: q }) => path.slice(path.indexOf('/jobs/')) + q);
    expect(paths).toEqual([
      '/jobs/j1/log/lines?at=9&before=5&after=0',
      '/jobs/j1/log/search?q=a%26b&regex=true&case=false&begin=7&limit=1000',
      '/jobs/j1/log/errors?begin=3'
    ]);
  });

  it('asks a server again that is starting, and only such a one', async () => {
    vi.useFakeTimers();
    const starting = { code: 'not_ready', message: 'The server is starting.' };
    const answers = [json(starting, 503), json(starting, 503), json({}, 202)];
    const { settings, asked } = fakeServer(() => answers.shift() ?? json({ code: 'x' }, 503));
    const stopped = jobsOf(settings).stop('j1');
    await vi.runAllTimersAsync();
    await stopped;
    expect(asked).toHaveLength(3);
    await expect(jobsOf(settings).stop('j1')).rejects.toThrow();
    expect(asked).toHaveLength(4);
    vi.useRealTimers();
  });
});
