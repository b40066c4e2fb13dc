import type { HttpRequest, HttpResponse, PreviousUpload, UploadOptions } from 'tus-js-client';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiClient } from '../../../../src/api';
import type { IUploadOrder } from '../../../../src/api/files/uploads';
import { UploadsApi } from '../../../../src/api/files/uploads';
import type { IAsked } from '../../support';
import { fakeServer, json } from '../../support';

/** What the library was asked for, and what the browser remembers. */
const tus = vi.hoisted(() => ({
  made: [] as { options: UploadOptions; acts: string[] }[],
  remembered: [] as PreviousUpload[]
}));
vi.mock('tus-js-client', () => ({
  defaultOptions: {
    urlStorage: {
      findAllUploads: () => Promise.resolve(tus.remembered),
      removeUpload: (key: string) => {
        tus.remembered = tus.remembered.filter(({ urlStorageKey }) => urlStorageKey !== key);
        return Promise.resolve();
      }
    }
  },
  Upload: class {
    acts: string[] = [];
    constructor(
      readonly file: File,
      readonly options: UploadOptions
    ) {
      tus.made.push(this);
    }
    async findPreviousUploads() {
      const mark = await this.options.fingerprint!(this.file, this.options);
      return tus.remembered.filter(({ urlStorageKey }) => urlStorageKey === `tus::${mark}`);
    }
    resumeFromPreviousUpload = ({ uploadUrl }: PreviousUpload) =>
      void this.acts.push(`resume ${uploadUrl}`);
    start = () => void this.acts.push('start');
    abort = (isOver = false) => Promise.resolve(void this.acts.push(`abort ${isOver}`));
  }
}));

let asked: IAsked[];
let uploads: UploadsApi;
let told: string[];

beforeEach(() => {
  [tus.made, tus.remembered, told] = [[], [], []];
  const server = fakeServer(() => json({ uploads: [{ id: 'x1' }] }));
  asked = server.asked;
  uploads = new UploadsApi(new ApiClient({ ...server.settings, token: '' }));
});

function order(change: Partial<IUploadOrder> = {}): IUploadOrder {
  return {
    file: new File(['12345'], 'local.png', { lastModified: 7 }),
    folder: 'people/ann',
    path: 'scan 1.png',
    onTaken: 'refuse',
    onProgress: sent => void told.push(`progress ${sent}`),
    onStalled: () => void told.push('stalled'),
    onDone: () => void told.push('done'),
    onFailed: reason => void told.push(`failed ${reason}`),
    ...change
  };
}

const options = async (change: Partial<IUploadOrder> = {}) => {
  await uploads.send(order(change));
  return tus.made.at(-1)!.options;
};

/** What the library says of a request that went wrong. */
function failed(method: string, status: number | null, body = '') {
  const response = status !== null && { getStatus: () => status, getBody: () => body };
  const request = { getMethod: () => method };
  return Object.assign(new Error('tus: unexpected response'), {
    originalRequest: request,
    originalResponse: response || null,
    causingError: null
  }) as never;
}

describe('a file that is sent', () => {
  it('is sent to its folder in pieces, and many a failure is tried again', async () => {
    const made = await options();
    expect(made.endpoint).toBe('http://here/base/crispdm/api/files/uploads');
    expect(made.metadata).toEqual({ filename: 'scan 1.png', path: 'people/ann' });
    expect(made.chunkSize).toBe(8 * 2 ** 20);
    expect(made.retryDelays!.length).toBeGreaterThan(50);
    expect(made.removeFingerprintOnSuccess).toBe(true);
  });

  it('says where it lies in a folder, and what happens where its name is taken', async () => {
    expect((await options({ path: 'set/a.png', onTaken: 'rename' })).metadata).toEqual({
      filename: 'a.png',
      path: 'people/ann',
      relativePath: 'set/a.png',
      rename: 'true'
    });
    expect((await options({ onTaken: 'overwrite' })).metadata).toMatchObject({ overwrite: 'true' });
  });

  // proves: filebrowser.resume
  it('goes on where the same file was cut, and not where it is another or goes elsewhere', async () => {
    const mark = await (await options()).fingerprint!(order().file, {});
    tus.remembered = [
      {
        urlStorageKey: `tus::${mark}`,
        uploadUrl: '/x1',
        size: 5,
        metadata: {},
        creationTime: '',
        parallelUploadUrls: null
      }
    ];
    const acts = async (change: Partial<IUploadOrder>) => {
      await uploads.send(order(change));
      return tus.made.at(-1)!.acts;
    };
    expect(await acts({})).toEqual(['resume /x1']);
    expect(await acts({ folder: 'data' })).toEqual([]);
    expect(await acts({ file: new File(['12345'], 'x', { lastModified: 8 }) })).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('has the server forget another file that was begun in its place', async () => {
    await uploads.send(order({ instead: 'x1' }));
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'DELETE /base/crispdm/api/files/uploads/x1'
    ]);
    expect(asked[0].headers.get('Tus-Resumable')).toBe('1.0.0');
  });

  it('is started, held and given up', async () => {
    const sending = await uploads.send(order());
    sending.start();
    sending.pause();
    await sending.cancel();
    expect(tus.made[0].acts).toEqual(['start', 'abort false', 'abort true']);
  });

  it.each([
    ['PATCH', null, true],
    ['PATCH', 503, true],
    ['PATCH', 409, true],
    ['PATCH', 423, true],
    ['POST', 429, true],
    ['POST', 409, false],
    ['POST', 403, false],
    ['POST', 507, false],
    ['PATCH', 404, false]
  ])('%s that answers %s is tried again: %s', async (method, status, isTried) => {
    const { onShouldRetry } = await options();
    expect(onShouldRetry!(failed(method, status), 0, {})).toBe(isTried);
    expect(told).toEqual(isTried ? ['stalled'] : []);
  });

  it('tells how far it is, that it is done, and why it failed in the words of the server', async () => {
    const made = await options();
    made.onProgress!(3, 5);
    made.onSuccess!({ lastResponse: {} as HttpResponse });
    made.onError!(failed('POST', 507, '{"message": "The disk is full."}'));
    made.onError!(failed('POST', 502, '<html>'));
    made.onError!(new Error('The file is gone.'));
    expect(told).toEqual([
      'progress 3',
      'done',
      'failed The disk is full.',
      'failed tus: unexpected response',
      'failed The file is gone.'
    ]);
  });
});

describe('a request of an upload', () => {
  const headersOf = async (made: UploadOptions) => {
    const headers = new Map<string, string>();
    const setHeader = (name: string, value: string) => void headers.set(name, value);
    await made.onBeforeRequest!({ setHeader } as unknown as HttpRequest);
    return Object.fromEntries(headers);
  };

  it('is let in by the cookie, of several the last, as the server reads them', async () => {
    const read = vi.spyOn(document, 'cookie', 'get').mockReturnValue('_xsrf=old; a=b; _xsrf=new');
    expect(await headersOf(await options())).toEqual({ 'X-XSRFToken': 'new' });
    read.mockRestore();
  });

  it('is let in by a token where the page has one', async () => {
    const { settings } = fakeServer(() => json({}));
    uploads = new UploadsApi(new ApiClient({ ...settings, token: 'abc' }));
    expect(await headersOf(await options())).toMatchObject({ Authorization: 'token abc' });
  });

  it('that asks a server which restarts how much it has is asked again, and begins nothing anew', async () => {
    const { onAfterResponse } = await options();
    const after = (method: string, status: number) =>
      onAfterResponse!(
        { getMethod: () => method } as HttpRequest,
        { getStatus: () => status } as HttpResponse
      );
    expect(() => after('HEAD', 503)).toThrow('503');
    expect(() => after('HEAD', 404)).not.toThrow();
    expect(() => after('PATCH', 503)).not.toThrow();
  });
});

describe('what was begun', () => {
  it('is what the server says', async () => {
    expect(await uploads.unfinished()).toEqual([{ id: 'x1' }]);
  });

  it('is forgotten by the server and by the browser, and nothing else is', async () => {
    const stored = (key: string, uploadUrl: string): PreviousUpload => ({
      urlStorageKey: key,
      uploadUrl,
      size: 5,
      metadata: {},
      creationTime: '',
      parallelUploadUrls: null
    });
    tus.remembered = [
      stored('tus::crispdm-a', '/uploads/x1'),
      stored('tus::crispdm-b', '/uploads/x2'),
      stored('tus::other', '/uploads/x1')
    ];
    await uploads.forget('x1');
    expect(tus.remembered.map(({ urlStorageKey }) => urlStorageKey)).toEqual([
      'tus::crispdm-b',
      'tus::other'
    ]);
  });
});
