import type { ApiClient } from '../client';
import { at } from '../paths';
import type { Received } from '../types';

/** Somebody who is here. `page` is empty where it is not for everybody to know; `color` is one of eight. */
export type Visitor = Received<'Visitor'>;
/** What the topic `presence` tells. */
export type PresenceFact = { visitors?: Visitor[]; visitor?: Visitor; left?: string };

/** What a page says of itself; what is left out has not changed. */
export interface IWord {
  /** Which visit of the page it is: the next one after each goodbye. */
  visit?: number;
  page?: string;
  title?: string;
  tab?: string;
  scroll?: number;
  cursor?: readonly [number, number] | null;
  selection?: unknown;
}

/** What can be said about where a page is. */
export class PresenceApi {
  constructor(private readonly _client: ApiClient) {}

  say(session: string, word: IWord): Promise<Visitor> {
    return this._client.json(at('PUT', 'presence/{session}', { session }), { body: word });
  }

  /** Say goodbye; it arrives although the page goes. */
  leave(session: string, visit: number): Promise<void> {
    return this._client.send(at('DELETE', 'presence/{session}', { session }), {
      query: { visit: String(visit) },
      keepalive: true
    });
  }
}
