import { afterEach, describe, expect, it } from 'vitest';
import { ApiClient } from '../../../../src/api';
import { SnapshotsManager } from '../../../../src/managers/snapshots/manager';
import { fakeServer, json } from '../../support';
import type { IAsked } from '../../support';

const followed: string[] = [];
const live = {
  follow: (topic: string) => {
    followed.push(topic);
    return { dispose: () => void followed.splice(followed.indexOf(topic), 1) };
  }
};

function manager(answer: (asked: IAsked) => Response) {
  const { settings, asked } = fakeServer(answer);
  const made = new SnapshotsManager(new ApiClient(settings), live as never);
  const said = () => asked.map(({ method, path, query, body }) => [method, path + query, body]);
  return { made, said };
}

afterEach(() => void followed.splice(0));

// proves: saved.named
describe('saved work on the server', () => {
  it('is listed, loaded, saved, shared, renamed and deleted', async () => {
    const { made, said } = manager(({ method }) =>
      method === 'DELETE' ? new Response(null, { status: 204 }) : json({ saved: [], name: 'ann' })
    );
    expect(await made.works('p')).toEqual([]);
    expect(await made.me()).toBe('ann');
    await made.load('p', 'a/b', 'bo');
    await made.save('p', 'a', { values: { x: 1 } });
    await made.describe('p', 'a', { shared: true });
    await made.rename('p', 'a', 'b');
    await made.remove('p', 'b');
    await made.forget();
    const root = '/base/crispdm/api/';
    expect(
      said().map(([method, path, body]) => [method, String(path).replace(root, ''), body])
    ).toEqual([
      ['GET', 'snapshots/p/saved', null],
      ['GET', 'users/me', null],
      ['GET', 'snapshots/p/saved/a%2Fb?by=bo', null],
      ['PUT', 'snapshots/p/saved/a', { values: { x: 1 } }],
      ['PATCH', 'snapshots/p/saved/a', { shared: true }],
      ['POST', 'snapshots/p/saved/a/rename', { name: 'b' }],
      ['DELETE', 'snapshots/p/saved/b', null],
      ['DELETE', 'snapshots', null]
    ]);
  });

  it('is nothing of a page that was never saved; other refusals are told', async () => {
    expect(await manager(() => json({ message: 'no' }, 404)).made.values('p')).toEqual({});
    expect(await manager(() => json({ values: { a: 1 } })).made.values('p')).toEqual({ a: 1 });
    await expect(manager(() => json({ message: 'no' }, 403)).made.values('p')).rejects.toThrow(
      'no'
    );
  });
});

// proves: desk.banner
describe('a page that is watched', () => {
  it('keeps its connection until it is left', () => {
    const watched = manager(() => json({})).made.watch('p');
    expect(followed).toEqual(['snapshots/p']);
    watched.dispose();
    expect(followed).toEqual([]);
  });
});
