import type {
  DetailedError,
  HttpRequest,
  HttpResponse,
  PreviousUpload,
  UploadOptions
} from 'tus-js-client';
import type { ApiClient } from '../client';
import { joined, nameOf } from './paths';
import { at } from '../paths';
import type { Received } from '../types';

/** Bytes that go in one request: what is cut off is sent again, and proxies take no more. */
const PIECE = 8 * 2 ** 20;
/** Milliseconds before each next try; a piece that arrives begins them anew. Half an hour in all. */
const TRIES = [0, 1000, 2000, 5000, 10_000, ...Array.from({ length: 90 }, () => 20_000)];
/** What marks what is ours among the uploads that a browser remembers. */
const MARK = 'crispdm';
const TUS = { 'Tus-Resumable': '1.0.0' };
/** What the server says when it or the way to it is at fault, and trying again helps. */
const PASSING: ReadonlySet<number> = new Set([408, 423, 425, 429, 500, 502, 503, 504]);

/** A file to send, and who is told how it goes. */
export interface IUploadOrder {
  readonly file: File;
  /** Where it will lie. */
  readonly folder: string;
  /** Its name; with folders, when it is part of one that is sent. */
  readonly path: string;
  /** What happens where there is a file of that name. */
  readonly onTaken: 'refuse' | 'overwrite' | 'rename';
  /** The id of an upload that it goes on with, if it is the same file, and takes the place of, if it is not. */
  readonly instead?: string;
  readonly onProgress: (sent: number) => void;
  /** The line is cut, or the server is not there; it is tried again. */
  readonly onStalled: () => void;
  readonly onDone: () => void;
  readonly onFailed: (reason: string) => void;
}

/** A file on its way. */
export interface ISending {
  start(): void;
  /** Hold still; `start` goes on where the server has it. */
  pause(): void;
  /** End it, and have the server forget what it has. */
  cancel(): Promise<void>;
}

/** An upload that was begun and is not over, as the server has it. */
export type Unfinished = Readonly<Received<'OpenUpload'>>;

/** Files on their way to the server, by the tus protocol: in pieces, and on from where the line was cut. */
export class UploadsApi {
  constructor(private readonly _client: ApiClient) {}

  /** Prepare to send a file; one that was begun before goes on. */
  async send(order: IUploadOrder): Promise<ISending> {
    const { Upload } = await import(/* webpackChunkName: "upload" */ 'tus-js-client');
    const upload = new Upload(order.file, this._options(order));
    const [begun] = await upload.findPreviousUploads();
    if (begun) {
      upload.resumeFromPreviousUpload(begun);
    } else if (order.instead) {
      // Begun with what may be another file of that name: it is begun anew.
      await this.forget(order.instead);
    }
    return {
      start: () => upload.start(),
      pause: () => void upload.abort(),
      cancel: () => upload.abort(true)
    };
  }

  /** What whoever asks began and did not end, here or elsewhere. */
  async unfinished(): Promise<Unfinished[]> {
    return (await this._client.json(at('GET', 'files/uploads'))).uploads;
  }

  /** Have the server forget what was begun before. */
  async forget(id: string): Promise<void> {
    await this._client.send(at('DELETE', 'files/uploads/{id}', { id }), { headers: TUS });
    const storage = await storageOf();
    const same = (await storage.findAllUploads()).filter(
      one => isOurs(one) && nameOf(one.uploadUrl ?? '') === id
    );
    await Promise.all(same.map(({ urlStorageKey }) => storage.removeUpload(urlStorageKey)));
  }

  private _options(order: IUploadOrder): UploadOptions {
    const { folder, path, onTaken } = order;
    return {
      ...this._door(),
      endpoint: this._client.url(at('POST', 'files/uploads')),
      chunkSize: PIECE,
      retryDelays: TRIES,
      removeFingerprintOnSuccess: true,
      metadata: {
        filename: nameOf(path),
        path: folder,
        ...(path.includes('/') && { relativePath: path }),
        ...(onTaken !== 'refuse' && { [onTaken]: 'true' })
      },
      fingerprint: () => Promise.resolve(this._markOf(order)),
      onProgress: sent => order.onProgress(sent),
      onSuccess: () => order.onDone(),
      onError: error => order.onFailed(reasonOf(error)),
      onShouldRetry: error => {
        const helps = isPassing(error);
        if (helps) {
          order.onStalled();
        }
        return helps;
      }
    };
  }

  /** The same file on its way to the same place is the same upload. */
  private _markOf({ file, folder, path }: IUploadOrder): string {
    const place = this._client.settings.baseUrl + joined(folder, path);
    return [MARK, place, file.size, file.lastModified].join('-');
  }

  /** What lets a request in, as all others of the page are. */
  private _door(): Pick<UploadOptions, 'onBeforeRequest' | 'onAfterResponse'> {
    const { token } = this._client.settings;
    return {
      onBeforeRequest: (request: HttpRequest) => {
        request.setHeader('X-XSRFToken', xsrf());
        if (token) {
          request.setHeader('Authorization', `token ${token}`);
        }
      },
      // The library would begin anew when a server that restarts cannot say how much it has.
      onAfterResponse: (request: HttpRequest, response: HttpResponse) => {
        if (request.getMethod() === 'HEAD' && PASSING.has(response.getStatus())) {
          throw new Error(`The server answered ${response.getStatus()}.`);
        }
      }
    };
  }
}

/** Where the browser remembers what was begun. */
async function storageOf(): Promise<Required<UploadOptions>['urlStorage']> {
  const { defaultOptions } = await import(/* webpackChunkName: "upload" */ 'tus-js-client');
  return defaultOptions.urlStorage;
}

/** Whether an upload of this origin was begun by us. */
function isOurs({ urlStorageKey }: PreviousUpload): boolean {
  return urlStorageKey.startsWith(`tus::${MARK}-`);
}

/** The server reads the last of several cookies of the name. */
function xsrf(): string {
  const found = [...document.cookie.matchAll(/(?:^|;\s*)_xsrf=([^;]*)/g)];
  return found.at(-1)?.[1] ?? '';
}

function isPassing(error: Error | DetailedError): boolean {
  if (!('originalResponse' in error) || !error.originalResponse) {
    return true;
  }
  const status = error.originalResponse.getStatus();
  // A conflict is the name, where an upload begins, and afterwards how much of it is there: that is asked anew.
  return PASSING.has(status) || (status === 409 && error.originalRequest.getMethod() !== 'POST');
}

/** What the server said, in its own words. */
function reasonOf(error: Error | DetailedError): string {
  const body = 'originalResponse' in error ? (error.originalResponse?.getBody() ?? '') : '';
  try {
    return (JSON.parse(body) as { message: string }).message || error.message;
  } catch {
    return error.message;
  }
}
