import { ServerConnection } from '@jupyterlab/services';
import { createParser } from 'eventsource-parser';
import { ApiError } from '../errors';
import type { ErrorBody } from '../types';

/** One Server-Sent Event. */
export interface IStreamedEvent {
  data: string;
  /** The id that the last event with one had; empty without one. */
  id: string;
  /** What kind of event it is; `message` where it does not say. */
  name: string;
}

export interface IStreamOptions {
  settings?: ServerConnection.ISettings;
  /** How often in a row it is tried again without an event. */
  tries?: number;
  /** Waits for so many milliseconds, or until the signal is given. */
  pause?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

const EVENTS = 'text/event-stream';
const RETRY = 1000;
const LONGEST = 10_000;
const TRIES = 8;
/** What passes: a part that lies in between has restarted, or there is too much to do. */
const PASSING = [429, 502, 503, 504];

/** A stream that was cut where nobody can go on: something would come twice, or be missing. */
export class CannotGoOn extends Error {
  constructor() {
    super('The stream was cut and cannot go on.');
  }
}

/**
 * The events that the server answers with, each exactly once.
 *
 * A connection that is cut is made again, with the id of the last event, however often. Whoever has read enough leaves
 * the loop, or gives the signal; both close the connection. A stream that ends is asked once more whether it has: what
 * lies in between may have cut it.
 *
 * Rejects with ApiError when the server refuses, with CannotGoOn where events had no ids, and with the reason of the
 * signal once that is given.
 */
export async function* streamEvents(
  url: string,
  init: RequestInit,
  signal?: AbortSignal,
  options: IStreamOptions = {}
): AsyncGenerator<IStreamedEvent, void, void> {
  const place: IPlace = { lastId: '', retry: RETRY, hasBegun: false };
  const { tries = TRIES, pause = rest } = options;
  for (let failures = 0; ; failures++) {
    if (failures > 0) {
      signal?.throwIfAborted();
      await pause(Math.min(place.retry * 2 ** (failures - 1), LONGEST), signal);
    }
    try {
      const response = await open(url, init, place, options.settings, signal);
      for await (const event of eventsOf(response, place, signal)) {
        failures = 0;
        yield event;
      }
      if (failures > 0 || !place.lastId) {
        return; // asked again, and nothing more came; or it cannot be asked again
      }
    } catch (reason) {
      signal?.throwIfAborted();
      if (failures >= tries - 1 || !passes(reason)) {
        throw reason;
      }
      if (place.hasBegun && !place.lastId) {
        throw new CannotGoOn();
      }
    }
  }
}

/** Where in a stream a reader is. */
interface IPlace {
  lastId: string;
  retry: number;
  hasBegun: boolean;
}

async function open(
  url: string,
  init: RequestInit,
  { lastId }: IPlace,
  settings = ServerConnection.makeSettings(),
  signal?: AbortSignal
): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('Accept', EVENTS);
  if (lastId) {
    headers.set('Last-Event-ID', lastId);
  }
  // 'no-store', Lab's default, adds a number to the query, which the server would refuse as unknown.
  const asked: RequestInit = { cache: 'no-cache', ...init, headers, ...(signal && { signal }) };
  const response = await ServerConnection.makeRequest(url, asked, settings);
  if (!response.ok) {
    const body = (await response.json().catch(() => ({}))) as Partial<ErrorBody>;
    throw new ApiError(response.status, body);
  }
  return response;
}

/** The events of one connection, up to where it ends or breaks. */
async function* eventsOf(
  response: Response,
  place: IPlace,
  signal?: AbortSignal
): AsyncGenerator<IStreamedEvent> {
  const found: IStreamedEvent[] = [];
  const parser = createParser({
    onEvent: ({ data, id, event }) => {
      place.lastId = id ?? place.lastId;
      found.push({ data, id: place.lastId, name: event ?? 'message' });
    },
    onRetry: milliseconds => void (place.retry = milliseconds)
  });
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      parser.feed(decoder.decode(value, { stream: true }));
      for (const event of found.splice(0)) {
        signal?.throwIfAborted();
        place.hasBegun = true;
        yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Whether it is worth to try again: the connection was cut, or the server is not there for a moment. */
function passes(reason: unknown): boolean {
  return (
    reason instanceof TypeError ||
    reason instanceof ServerConnection.NetworkError ||
    (reason instanceof ApiError && PASSING.includes(reason.status))
  );
}

function rest(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      window.clearTimeout(timer);
      reject(signal!.reason as Error);
    };
    const timer = window.setTimeout(() => {
      signal?.removeEventListener('abort', leave);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', leave, { once: true });
  });
}
