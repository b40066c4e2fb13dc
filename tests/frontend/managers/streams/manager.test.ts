import { waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../../../src/api';
import { StreamsManager } from '../../../../src/managers/streams/manager';
import { aStream } from '../../streams';
import { fakeServer, FakeLive, json, type IAsked } from '../../support';

function manager(answer: (asked: IAsked) => Response = () => json({ role: 'analyst' })) {
  const live = new FakeLive();
  const { settings, asked } = fakeServer(answer);
  const streams = new StreamsManager(new ApiClient(settings), live.asClient);
  const say = (seq: number, fact: object): void => live.say('streams', seq, fact);
  return { streams, say, asked, live };
}

describe('StreamsManager', () => {
  // proves: monitor.panel
  it('knows all streams by name, and follows each', () => {
    const { streams, say } = manager();
    say(1, { streams: [aStream(), aStream({ id: 's2', name: 'Oven' })] });
    expect(streams.list.map(({ name }) => name)).toEqual(['Oven', 'Press 4']);
    say(2, { stream: aStream({ id: 's2', name: 'Oven', rate: 5 }) });
    say(3, { deleted: 'line1' });
    expect(streams.list.map(({ rate }) => rate)).toEqual([5]);
  });

  it('finds one by its id, or else by its name', () => {
    const { streams, say } = manager();
    say(1, { streams: [aStream(), aStream({ id: 's2', name: 'line1' })] });
    expect(streams.find('line1')?.name).toBe('Press 4');
    expect(streams.find('Press 4')?.id).toBe('line1');
    expect(streams.find('nothing')).toBeUndefined();
  });

  it('has a command pending until the stream is another, not until its rate is', async () => {
    const { streams, say, asked } = manager();
    say(1, { streams: [aStream()] });
    await streams.stop('line1');
    say(2, { stream: aStream({ rate: 3 }) });
    expect(streams.isPending('line1')).toBe(true);
    say(3, { stream: aStream({ state: 'stopped' }) });
    expect(streams.isPending('line1')).toBe(false);
    expect(asked.at(-1)?.path).toBe('/base/crispdm/api/streams/line1/stop');
  });

  it('has nothing pending when the server refused', async () => {
    const refuse = (): Response => json({ message: 'Not yours.' }, 403);
    const { streams } = manager(refuse);
    await expect(streams.start('line1')).rejects.toThrow('Not yours.');
    expect(streams.isPending('line1')).toBe(false);
  });

  it('asks for the past by time and number of points', async () => {
    const columns = { seq: [1], time: [5] };
    const { streams, asked } = manager(({ path }) =>
      json(path.endsWith('history') ? { seq: 1, columns } : { role: 'viewer' })
    );
    expect(await streams.history('line1', 1.5, 9, 400)).toEqual(columns);
    expect(asked.at(-1)?.query).toBe('?from=1.5&to=9&points=400');
  });

  it('sends what is wanted of a new stream, and a source to be tried', async () => {
    const { streams, asked } = manager(() => json(aStream({ id: 'new' })));
    const source = { kind: 'simulated', rate: 5 };
    expect((await streams.create({ name: 'line', source })).id).toBe('new');
    await streams.test(source);
    await streams.remove('new');
    expect(asked.map(({ method, path, body }) => [method, path.slice(18), body])).toEqual([
      ['POST', 'streams', { name: 'line', source }],
      ['POST', 'streams/test', { source }],
      ['DELETE', 'streams/new', null]
    ]);
  });

  it('offers starting and stopping to those who may', async () => {
    for (const [role, may] of [
      ['viewer', false],
      ['analyst', true]
    ] as const) {
      const { streams, asked, say } = manager(() => json({ role }));
      say(1, { streams: [] });
      say(2, { stream: aStream() });
      expect(streams.mayControl).toBe(false);
      await waitFor(() => expect(asked.length).toBe(1));
      await waitFor(() => expect(streams.mayControl).toBe(may));
    }
  });

  it('asks again with the next fact who it is, where it got no answer', async () => {
    let isUp = false;
    const { streams, asked, say } = manager(() =>
      isUp ? json({ role: 'analyst' }) : json({ message: 'Not yet.' }, 503)
    );
    say(1, { streams: [aStream()] });
    await waitFor(() => expect(asked.length).toBe(1));
    await waitFor(() => {
      isUp = true;
      say(2, { stream: aStream({ rate: 3 }) });
      expect(asked.length).toBeGreaterThan(1);
    });
    await waitFor(() => expect(streams.mayControl).toBe(true));
  });
});
