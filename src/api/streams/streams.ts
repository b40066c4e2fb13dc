import type { ApiClient } from '../client';
import { at } from '../paths';
import type { Columns, EventAction, NewSource, NewStream, SourceTrial, Stream } from './types';

/** What can be asked about streams. */
export class StreamsApi {
  constructor(private readonly _client: ApiClient) {}

  /** The role of whoever asks. */
  async role(): Promise<string> {
    return (await this._client.json(at('GET', 'users/me'))).role;
  }

  create(stream: NewStream): Promise<Stream> {
    return this._client.json(at('POST', 'streams'), { body: stream });
  }

  start(id: string): Promise<void> {
    return this._client.send(at('POST', 'streams/{id}/start', { id }));
  }

  stop(id: string): Promise<void> {
    return this._client.send(at('POST', 'streams/{id}/stop', { id }));
  }

  remove(id: string): Promise<void> {
    return this._client.send(at('DELETE', 'streams/{id}', { id }));
  }

  /** The samples between two times in seconds, thinned to about so many. */
  async history(id: string, from: number, to: number, points: number): Promise<Columns> {
    const query = { from: String(from), to: String(to), points: String(points) };
    return (await this._client.json(at('GET', 'streams/{id}/history', { id }), { query })).columns;
  }

  act(id: string, event: string, action: EventAction): Promise<void> {
    return this._client.send(at('POST', 'streams/{id}/events/{event}', { id, event }), {
      body: action
    });
  }

  /** Listen to a source for a moment. */
  test(source: NewSource): Promise<SourceTrial> {
    return this._client.json(at('POST', 'streams/test'), { body: { source } });
  }
}
