import type { ServerConnection } from '@jupyterlab/services';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../../../src/api';
import type { IStreamedEvent } from '../../../../src/api/text/events';
import { CannotGoOn, streamEvents } from '../../../../src/api/text/events';
import { fakeServer, json } from '../../support';

const URL = 'http://here/base/crispdm/serving/stream';
const INIT: RequestInit = { method: 'POST', body: '{"text_input":"a"}' };
type Settings = ServerConnection.ISettings;

/** A connection that says so much, then ends, or breaks. */
function connection(parts: readonly string[], breaks = false): Response {
  const encoder = new TextEncoder();
  const left = [...parts];
  const body = new ReadableStream<Uint8Array>({
    pull: controller => {
      const part = left.shift();
      if (part !== undefined) {
        controller.enqueue(encoder.encode(part));
      } else if (breaks) {
        controller.error(new TypeError('network error'));
      } else {
        controller.close();
      }
    }
  });
  return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
}

const event = (id: number | string, data = `d${id}`): string => `id: ${id}\ndata: ${data}\n\n`;
const events = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => event(from + at));

const pauses: number[] = [];
const pause = (milliseconds: number): Promise<void> => {
  pauses.push(milliseconds);
  return Promise.resolve();
};

async function read(
  settings: Settings,
  most = 1000,
  options: { tries?: number; signal?: AbortSignal } = {}
): Promise<IStreamedEvent[]> {
  const found: IStreamedEvent[] = [];
  const { tries, signal } = options;
  for await (const one of streamEvents(URL, INIT, signal, { settings, pause, tries })) {
    found.push(one);
    if (found.length === most) {
      break;
    }
  }
  return found;
}

afterEach(() => void (pauses.length = 0));

describe('streamEvents', () => {
  // proves: text.resumed
  it('asks for events and gives each as it comes, however they are cut', async () => {
    const whole = events(1, 3).join('');
    const { settings, asked } = fakeServer(() => connection([...whole]));
    const found = await read(settings, 3);
    expect(found.map(({ id, data }) => [id, data])).toEqual([
      ['1', 'd1'],
      ['2', 'd2'],
      ['3', 'd3']
    ]);
    expect(asked[0]).toMatchObject({ method: 'POST', body: { text_input: 'a' }, query: '' });
    expect(asked[0].headers.get('accept')).toBe('text/event-stream');
    expect(asked[0].headers.has('last-event-id')).toBe(false);
  });

  // proves: text.resumed
  it('goes on after the last event when it is cut, again and again', async () => {
    const { settings, asked } = fakeServer(({ headers }) => {
      const after = Number(headers.get('last-event-id') ?? 0);
      return connection([...events(after + 1, after + 3), 'id: 99\ndata: ha'], true);
    });
    const found = await read(settings, 30);
    const whole = Array.from({ length: 30 }, (_, at) => `d${at + 1}`);
    expect(found.map(({ data }) => data)).toEqual(whole);
    expect(asked.map(({ headers }) => headers.get('last-event-id'))).toEqual([
      null,
      ...Array.from({ length: 9 }, (_, at) => String(3 * (at + 1)))
    ]);
  });

  it('sends the body again each time', async () => {
    const { settings, asked } = fakeServer(({ headers }) =>
      connection([event(Number(headers.get('last-event-id') ?? 0) + 1)], true)
    );
    await read(settings, 3);
    expect(asked.map(({ body }) => body)).toEqual(Array(3).fill({ text_input: 'a' }));
  });

  it('asks once more at the end, and takes an end without an event as one', async () => {
    const { settings, asked } = fakeServer(({ headers }) =>
      connection(headers.has('last-event-id') ? [] : events(1, 2))
    );
    expect(await read(settings)).toHaveLength(2);
    expect(asked).toHaveLength(2);
  });

  // proves: text.resumed
  it('says that it cannot go on where an empty id made it forget the place', async () => {
    const { settings, asked } = fakeServer(() => connection([event(1), event('', 'x')], true));
    await expect(read(settings)).rejects.toBeInstanceOf(CannotGoOn);
    expect(asked).toHaveLength(1);
  });

  it('ends where a stream without ids does', async () => {
    const { settings, asked } = fakeServer(() => connection(['data: a\n\n', 'data: b\n\n']));
    expect((await read(settings)).map(({ data }) => data)).toEqual(['a', 'b']);
    expect(asked).toHaveLength(1);
  });

  it('tells what kind an event is, and leaves heart-beats out', async () => {
    const { settings } = fakeServer(() =>
      connection([': still here\n\n', 'event: error\ndata: no\n\n', 'data: b\n\n'])
    );
    expect((await read(settings)).map(({ name }) => name)).toEqual(['error', 'message']);
  });

  it('waits as long as the server asks it to, longer each time, and not for ever', async () => {
    let calls = 0;
    const { settings } = fakeServer(() => {
      calls++;
      return calls === 1 ? connection(['retry: 50\n', event(1)], true) : json({}, 503);
    });
    await expect(read(settings, 5, { tries: 4 })).rejects.toMatchObject({ status: 503 });
    expect(pauses).toEqual([50, 100, 200]);
  });

  it('begins to count anew when something came', async () => {
    let calls = 0;
    const { settings } = fakeServer(() =>
      ++calls % 2 ? connection([event(calls)], true) : json({}, 502)
    );
    expect(await read(settings, 6, { tries: 3 })).toHaveLength(6);
  });

  it('tells at once what the server refuses', async () => {
    const { settings, asked } = fakeServer(() => json({ message: 'No such model.' }, 404));
    const refused = await read(settings).catch((reason: unknown) => reason);
    expect(refused).toBeInstanceOf(ApiError);
    expect(refused).toMatchObject({ status: 404, message: 'No such model.' });
    expect(asked).toHaveLength(1);
  });

  it('is over when the place is no longer kept', async () => {
    const { settings } = fakeServer(({ headers }) =>
      headers.has('last-event-id') ? json({ message: 'Gone.' }, 410) : connection([event(1)], true)
    );
    await expect(read(settings)).rejects.toMatchObject({ status: 410 });
  });

  // proves: text.left
  it('closes the connection when its reader has enough', async () => {
    const cancelled = vi.fn();
    const body = new ReadableStream({
      pull: controller => controller.enqueue(new TextEncoder().encode(event(1))),
      cancel: cancelled
    });
    const { settings } = fakeServer(() => new Response(body));
    await read(settings, 2);
    expect(cancelled).toHaveBeenCalledTimes(1);
  });

  // proves: text.left
  it('ends by the signal, also while it waits to try again', async () => {
    const leaving = new AbortController();
    const { settings } = fakeServer(() => {
      leaving.abort();
      return connection(events(1, 3));
    });
    await expect(read(settings, 9, { signal: leaving.signal })).rejects.toMatchObject({
      name: 'AbortError'
    });

    const waiting = new AbortController();
    const { settings: busy, asked } = fakeServer(() => {
      window.setTimeout(() => waiting.abort());
      return json({}, 503);
    });
    const found = streamEvents(URL, INIT, waiting.signal, { settings: busy });
    await expect(found.next()).rejects.toMatchObject({ name: 'AbortError' });
    expect(asked).toHaveLength(1);
  });

  // proves: text.left
  it.each([
    ['a refusal is read', 503, '{}'],
    ['a connection ends', 200, event(1)]
  ])('ends by the signal, also just while %s, and asks nobody again', async (_, status, text) => {
    const leaving = new AbortController();
    const parts = [new TextEncoder().encode(text)];
    const { settings, asked } = fakeServer(() => {
      const body = new ReadableStream<Uint8Array>(
        {
          pull: controller => {
            const part = parts.shift();
            if (part !== undefined) {
              controller.enqueue(part);
            } else {
              leaving.abort();
              controller.close();
            }
          }
        },
        { highWaterMark: 0 }
      );
      return new Response(body, { status });
    });
    await expect(read(settings, 9, { signal: leaving.signal })).rejects.toMatchObject({
      name: 'AbortError'
    });
    expect([asked.length, pauses]).toEqual([1, []]);
  });
});
