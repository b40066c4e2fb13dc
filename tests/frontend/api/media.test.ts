import { describe, expect, it } from 'vitest';
import { ApiClient, ApiError } from '../../../src/api';
import { JobsApi } from '../../../src/api/jobs';
import { aPiece, keptAs } from '../components/media/pieces';
import { fakeServer, json } from '../support';

const SERIES = keptAs('histogram', 'layer/1 weights?', [aPiece(3, { index: 1 }), aPiece(-7)]);

describe('what a job kept', () => {
  // proves: training.media-view
  it('is read piece by piece, by kind, step and index', async () => {
    const { settings, asked } = fakeServer(() => new Response('{"counts": []}'));
    const text = await new JobsApi(new ApiClient(settings)).medium('j1', SERIES, SERIES.pieces[0]);
    expect(text).toBe('{"counts": []}');
    expect(asked[0].path).toBe('/base/crispdm/api/jobs/j1/media/layer%2F1%20weights%3F');
    expect(asked[0].query).toBe('?kind=histogram&step=3&index=1&version=3f');
  });

  it('has addresses that no name can leave', () => {
    const api = new JobsApi(new ApiClient(fakeServer(() => json({})).settings));
    const odd = keptAs('image', '../../jobs?x=1#', [aPiece(-7)]);
    expect(api.mediumUrl('j1', odd, odd.pieces[0])).toBe(
      'http://here/base/crispdm/api/jobs/j1/media/..%2F..%2Fjobs%3Fx%3D1%23?kind=image&step=-7&index=0&version=-7f'
    );
  });

  // proves: training.media-version
  it('has another address when another is kept in its place, so that a browser shows that', () => {
    const api = new JobsApi(new ApiClient(fakeServer(() => json({})).settings));
    const [first, second] = ['1a', '2b'].map(version => aPiece(0, { version }));
    const of = keptAs('image', 'a', [second]);
    expect(api.mediumUrl('j1', of, first)).not.toBe(api.mediumUrl('j1', of, second));
  });

  it('says why a piece cannot be had', async () => {
    const body = {
      message: 'The run has kept no such piece.',
      code: 'not_found',
      details: { field: 'name' }
    };
    const { settings } = fakeServer(() => json(body, 404));
    const error = await new JobsApi(new ApiClient(settings))
      .medium('j1', SERIES, SERIES.pieces[1])
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 404, field: 'name', message: body.message });
  });
});
