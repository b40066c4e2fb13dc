import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '../../../../src/api';
import type { SourceTrial } from '../../../../src/api/streams';
import { NewStreamModel } from '../../../../src/panels/streams/formmodel';
import { FakeStreams } from '../../streams';
import { trans } from '../../support';

const TRIAL: SourceTrial = {
  messages: ['{"v": 1}'],
  columns: [
    { name: 'v', path: '$.v', type: 'number' },
    { name: 'unit', path: '$.unit', type: 'text' }
  ],
  reason: ''
};

let streams: FakeStreams;
let model: NewStreamModel;

beforeEach(() => {
  streams = new FakeStreams();
  streams.trial = TRIAL;
  model = new NewStreamModel(streams, trans);
});

function refusal(field: string): ApiError {
  return new ApiError(400, { message: 'Not so.', details: { field } });
}

describe('the form of a new stream', () => {
  it('asks for what each kind of source needs, and sends only that', async () => {
    const needs = {
      simulated: [{}, { rate: 10 }],
      mqtt: [
        { host: ' h ', topic: 't' },
        {
          host: 'h',
          port: 1883,
          topic: 't',
          version: 5,
          qos: 1,
          tls: false,
          username: '',
          password_env: ''
        }
      ],
      file: [{ path: 'data/' }, { path: 'data/' }],
      http: [{ url: 'http://here' }, { url: 'http://here', username: '', password_env: '' }],
      metrics: [{ job: 'j1' }, { job: 'j1' }],
      serving: [{}, { model: '' }],
      replay: [{ stream: 'line1' }, { stream: 'line1', speed: 1 }]
    } as const;
    for (const [kind, [typed, sent]] of Object.entries(needs)) {
      model.change({ name: 'line', kind: kind as keyof typeof needs });
      const wants = Object.keys(typed).length > 0;
      expect([kind, (await model.save()) === null]).toEqual([kind, wants]);
      model.change(typed);
      expect((await model.save())?.id).toBe('new');
      const stream = streams.commands.at(-1)?.[1] as { source: object };
      expect(stream.source).toEqual({ kind, ...sent });
    }
  });

  it('says which field is wrong, and no more once it is typed', async () => {
    model.change({ kind: 'mqtt', port: 'x', window: '', over: 'much' });
    expect(await model.save()).toBeNull();
    const wrong = ['host', 'name', 'over', 'port', 'topic', 'window'];
    expect(Object.keys(model.errors).sort()).toEqual(wrong);
    model.change({ port: '1883' });
    expect(Object.keys(model.errors).sort()).toEqual(wrong.filter(name => name !== 'port'));
    expect(streams.commands).toEqual([]);
  });

  it('has no alarm where none is wanted', async () => {
    model.change({ name: 'line', over: ' ' });
    await model.save();
    expect(streams.commands[0][1]).toMatchObject({ alert: null });
  });

  // proves: monitor.trial
  it('tries the source, shows what came and proposes its columns', async () => {
    const trying = model.try();
    expect(model.isTrying).toBe(true);
    await trying;
    expect([model.isTrying, model.trial]).toEqual([false, TRIAL]);
    const [value, unit] = model.values.columns;
    model.change({
      name: 'line',
      columns: [
        { ...value, name: 'value' },
        { ...unit, name: '' }
      ]
    });
    await model.try();
    expect(model.values.columns.map(({ name }) => name)).toEqual(['value', '']);
    await model.save();
    expect(streams.commands.at(-1)?.[1]).toMatchObject({ source: { fields: { value: '$.v' } } });
  });

  it('forgets what came from a source of another kind, also while it is on its way', async () => {
    const trying = model.try();
    model.change({ kind: 'file', columns: [] });
    await trying;
    expect([model.trial, model.values.columns]).toEqual([null, []]);
    await model.try();
    expect(Object.keys(model.errors)).toEqual(['path']);
  });

  it('puts what the server says beside the field that it names', async () => {
    model.change({ name: 'line', kind: 'file', path: '/etc' });
    streams.failure = refusal('source.path');
    await model.try();
    expect(model.errors).toEqual({ path: 'Not so.' });
    streams.failure = refusal('alert.over');
    expect(await model.save()).toBeNull();
    expect(model.errors).toEqual({ over: 'Not so.' });
    streams.failure = new Error('The disk is full.');
    await model.save();
    expect(model.errors).toEqual({ '': 'The disk is full.' });
  });

  it('tells nobody once it is gone', async () => {
    let told = 0;
    model.changed.connect(() => void told++);
    model.change({ name: 'a' });
    model.dispose();
    model.change({ name: 'b' });
    await model.save();
    expect([told, model.isDisposed]).toEqual([1, true]);
  });
});
