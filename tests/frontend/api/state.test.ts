import { Blob } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../../src/api';
import { fromBase64, newId, PresenceApi, StateApi, toBase64 } from '../../../src/api/state';
import { fakeServer, json } from '../support';

const WRITE = { session: 'mine', notify: true };

/** The calls of an API to a server that answers everything alike. */
async function asked(call: (client: ApiClient) => Promise<unknown>, answer: unknown = {}) {
  const { settings, asked: calls } = fakeServer(() => json(answer));
  await call(new ApiClient(settings));
  return calls[0];
}

describe('shared values', () => {
  it('are written with the session that writes, and at a version where one is given', async () => {
    const plain = await asked(client => new StateApi(client).put('a b', 1, WRITE));
    expect(plain).toMatchObject({
      method: 'PUT',
      path: '/base/crispdm/api/state/a%20b',
      body: { value: 1, session: 'mine', notify: true }
    });
    const compared = await asked(client => new StateApi(client).put('k', null, WRITE, 0));
    expect(compared.body).toEqual({ value: null, if_version: 0, session: 'mine', notify: true });
  });

  it('are changed by what is sent, not by what was read', async () => {
    const api = (client: ApiClient): StateApi => new StateApi(client);
    const calls = [
      await asked(client => api(client).increment('k', 2, WRITE)),
      await asked(client => api(client).append('k', ['x'], 5, WRITE)),
      await asked(client => api(client).update('k', { a: 1 }, WRITE))
    ];
    expect(calls.map(({ path }) => path.split('/').at(-1))).toEqual([
      'increment',
      'append',
      'update'
    ]);
    expect(calls.map(({ body }) => body)).toEqual([
      { by: 2, ...WRITE },
      { values: ['x'], keep: 5, ...WRITE },
      { values: { a: 1 }, ...WRITE }
    ]);
  });

  it('are deleted and told of again', async () => {
    const gone = await asked(client => new StateApi(client).remove('k'));
    const forced = await asked(client => new StateApi(client).notify('k'));
    expect([gone.method, forced.method, forced.path]).toEqual([
      'DELETE',
      'POST',
      '/base/crispdm/api/state/k/notify'
    ]);
  });

  it('travel as bytes of their own type, with what their writer says of them', async () => {
    const picture = new Blob(['"bytes"'], { type: 'image/png' }) as unknown as globalThis.Blob;
    const call = await asked(client =>
      new StateApi(client).putContent('k', picture, { kind: 'picture' }, WRITE, 3)
    );
    expect(call.headers.get('Content-Type')).toBe('image/png');
    expect(call.headers.get('X-Crispdm-Meta')).toBe('{"kind":"picture"}');
    expect(call.query).toBe('?session=mine&notify=true&if_version=3');
    const { settings } = fakeServer(() => json({}));
    const content = { type: 'image/png', size: 3, digest: 'abc', meta: {} };
    const url = new StateApi(new ApiClient(settings)).contentUrl('k', content);
    expect(url).toBe('http://here/base/crispdm/api/state/k/content#abc');
  });

  it('are texts too', async () => {
    const written = await asked(client => new StateApi(client).write('k', 'AAA=', 'mine', true));
    expect(written).toMatchObject({
      path: '/base/crispdm/api/state/k/text',
      body: { update: 'AAA=', session: 'mine' }
    });
    expect((await asked(client => new StateApi(client).text('k'))).method).toBe('GET');
  });
});

describe('presence', () => {
  it('is said and unsaid under the session of the page', async () => {
    const said = await asked(client => new PresenceApi(client).say('mine', { scroll: 0.5 }));
    expect(said).toMatchObject({ method: 'PUT', path: '/base/crispdm/api/presence/mine' });
    expect(said.body).toEqual({ scroll: 0.5 });
    const left = await asked(client => new PresenceApi(client).leave('mine', 2));
    expect([left.method, left.path, left.query]).toEqual([
      'DELETE',
      '/base/crispdm/api/presence/mine',
      '?visit=2'
    ]);
  });
});

describe('bytes and names', () => {
  it('come back from base64 as they were, also many', () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 256);
    expect(fromBase64(toBase64(bytes)).join()).toBe(bytes.join());
    expect(toBase64(new Uint8Array())).toBe('');
  });

  it('are never the same twice, and what the server takes for a session', () => {
    const ids = new Set(Array.from({ length: 100 }, newId));
    expect(ids.size).toBe(100);
    ids.forEach(id => expect(id).toMatch(/^[A-Za-z0-9_-]{8,64}$/));
  });
});
