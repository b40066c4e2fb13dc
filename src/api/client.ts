import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { ApiError } from './errors';
import type { IAddress } from './paths';
import type { ErrorBody } from './types';

const ROOT = 'crispdm/api';
/** What a server that starts answers to commands: nothing was done, so it is asked again. */
const NOT_READY = 'not_ready';
const MOST_TRIES = 30;

/** What stands behind the question mark; several values of one name stand there one after the other. */
export type Query = Record<string, string | readonly string[]>;

/** What goes along with a call. */
export interface ICall {
  body?: object;
  /** Bytes in the place of a body. */
  content?: Blob;
  query?: Query;
  headers?: Record<string, string>;
  /** Let the call end although its page goes. Such calls carry 64 KiB at most. */
  keepalive?: boolean;
  /** Breaks the call off. */
  signal?: AbortSignal;
}

/**
 * The way to the server's HTTP API, and the only place in the browser that fetches from it.
 *
 * What can be asked of it stands beside it, a file for each noun.
 *
 * Without settings it uses those of the page it runs in, so it works in Lab and in a dashboard alike.
 */
export class ApiClient {
  constructor(readonly settings: ServerConnection.ISettings = ServerConnection.makeSettings()) {}

  /** The URL of a call, for links and downloads. */
  url({ path, root = ROOT }: IAddress, query: Query = {}): string {
    const address = URLExt.join(this.settings.baseUrl, root, path);
    const pairs = Object.entries(query).flatMap(([name, value]) =>
      [value].flat().map(one => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`)
    );
    return pairs.length > 0 ? `${address}?${pairs.join('&')}` : address;
  }

  /** The answer of a call, as JSON. */
  async json<A>(address: IAddress<A>, call: ICall = {}): Promise<A> {
    const response = await this.call(address, call);
    return (await response.json()) as A;
  }

  /** A call whose answer says no more than that it was accepted. */
  async send(address: IAddress, call: ICall = {}): Promise<void> {
    await this.call(address, call);
  }

  /** One call; rejects with ApiError when the server refuses it. */
  async call(address: IAddress, call: ICall = {}): Promise<Response> {
    const init: RequestInit = {
      method: address.method,
      headers: { 'Content-Type': contentType(call), ...call.headers },
      // 'no-store', Lab's default, adds a number to the query, which the server would refuse as unknown.
      cache: 'no-cache',
      ...(call.body && { body: JSON.stringify(call.body) }),
      ...(call.content && { body: call.content }),
      ...(call.keepalive && { keepalive: true }),
      ...(call.signal && { signal: call.signal })
    };
    const url = this.url(address, call.query);
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

function contentType({ content }: ICall): string {
  return content ? content.type || 'application/octet-stream' : 'application/json';
}

/** Resolves after so many seconds, five at most. */
function pause(seconds: number): Promise<void> {
  return new Promise(done => setTimeout(done, Math.min(seconds, 5) * 1000));
}

async function errorBody(response: Response): Promise<Partial<ErrorBody>> {
  try {
    return (await response.json()) as Partial<ErrorBody>;
  } catch {
    return { message: `${response.status} ${response.statusText}` };
  }
}
