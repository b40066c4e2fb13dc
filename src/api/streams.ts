import type { ApiClient } from './client';
import type { components } from './generated';
import { at } from './paths';
import type { Received } from './types';

type Schemas = components['schemas'];

/** A stream as the server tells it; viewers are told neither source nor directory nor job. */
export type Stream = Received<'Stream'>;
export type StreamState = Stream['state'];
/** An alarm as operators know it. */
export type StreamEvent = Received<'StreamEvent'>;
/** What somebody does about an alarm. */
export type EventAction = Partial<Schemas['EventWord']> & Pick<Schemas['EventWord'], 'action'>;
/** How a stream is asked for. */
export type NewStream = Partial<Omit<Schemas['NewStream'], 'source' | 'alert'>> & {
  name: string;
  source: NewSource;
  alert?: Partial<Schemas['Alert']> | null;
};
/** Where samples are to come from: the server checks what each kind needs. */
export type NewSource = Readonly<Record<string, unknown>>;
/** What came when a source was tried. */
export type SourceTrial = Received<'Trial'>;

/** Columns of samples by name, one place for each sample. */
export type Columns = Readonly<Record<string, readonly (number | string | null)[]>>;

/** What the topics tell; a field at its default is left out. */
export type StreamFact = Partial<Omit<Schemas['StreamFact'], 'columns'>> & { columns?: Columns };
export type StreamsFact = { streams?: readonly Stream[]; stream?: Stream; deleted?: string };
export type StreamEventsFact = { events?: readonly StreamEvent[]; event?: StreamEvent };

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
