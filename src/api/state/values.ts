import type { ApiClient } from '../client';
import { at } from '../paths';
import type { Received, Whole } from '../types';

/** The bytes beside a value: their MIME type, their size, their SHA-256, and what their writer says of them. */
export type StateContent = Received<'Content'>;
/** A value that all share. Of one that does not exist the version is 0. */
export type StateValue = Received<'StateValue'>;
/** A text that all share, and the whole of its document. */
export type SharedTextBody = Received<'SharedText'>;
/** What the server has of a text after it was written in. */
export type TextChange = Received<'TextChange'>;
/** What the topic of a text tells. */
export type TextFact = { start: number; updates?: Whole<string[]>; reset?: boolean };

/** What goes along with every write: who wrote, and whether others are refreshed. */
export interface IWrite {
  session: string;
  notify: boolean;
}

/** What can be asked about values and texts that all share. */
export class StateApi {
  constructor(private readonly _client: ApiClient) {}

  put(key: string, value: unknown, write: IWrite, ifVersion?: number): Promise<StateValue> {
    const condition = ifVersion === undefined ? {} : { if_version: ifVersion };
    return this._client.json(at('PUT', 'state/{key}', { key }), {
      body: { value, ...condition, ...write }
    });
  }

  update(key: string, values: object, write: IWrite): Promise<StateValue> {
    return this._client.json(at('POST', 'state/{key}/update', { key }), {
      body: { values, ...write }
    });
  }

  append(
    key: string,
    values: readonly unknown[],
    keep: number | null,
    write: IWrite
  ): Promise<StateValue> {
    return this._client.json(at('POST', 'state/{key}/append', { key }), {
      body: { values, keep, ...write }
    });
  }

  increment(key: string, by: number, write: IWrite): Promise<StateValue> {
    return this._client.json(at('POST', 'state/{key}/increment', { key }), {
      body: { by, ...write }
    });
  }

  remove(key: string): Promise<void> {
    return this._client.send(at('DELETE', 'state/{key}', { key }));
  }

  notify(key: string): Promise<void> {
    return this._client.send(at('POST', 'state/{key}/notify', { key }));
  }

  /** Where the bytes of a value are; another address for each content, so that no old picture is shown. */
  contentUrl(key: string, { digest }: StateContent): string {
    return `${this._client.url(at('GET', 'state/{key}/content', { key }))}#${digest.slice(0, 16)}`;
  }

  putContent(
    key: string,
    content: Blob,
    meta: object,
    write: IWrite,
    ifVersion?: number
  ): Promise<StateValue> {
    return this._client.json(at('PUT', 'state/{key}/content', { key }), {
      content,
      headers: { 'X-Crispdm-Meta': JSON.stringify(meta) },
      query: {
        session: write.session,
        notify: String(write.notify),
        ...(ifVersion !== undefined && { if_version: String(ifVersion) })
      }
    });
  }

  text(key: string): Promise<SharedTextBody> {
    return this._client.json(at('GET', 'state/{key}/text', { key }));
  }

  /** Write in a text; `isLeaving`: the page may be gone before the answer comes. */
  write(key: string, update: string, session: string, isLeaving: boolean): Promise<TextChange> {
    return this._client.json(at('POST', 'state/{key}/text', { key }), {
      body: { update, session },
      keepalive: isLeaving
    });
  }
}
