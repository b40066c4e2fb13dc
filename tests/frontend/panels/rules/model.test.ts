import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../../../src/api';
import { RulesModel } from '../../../../src/panels/rules/model';
import { FakeLines, FakeRules } from './fakes';

const settled = () => new Promise(resolve => setTimeout(resolve));

async function aModel(log: FakeLines | null = new FakeLines(['loss 0.5 at 30'])) {
  const rules = new FakeRules();
  const model = new RulesModel(rules, log);
  await settled();
  return { rules, model };
}

function refusal(field: string): ApiError {
  return new ApiError(400, { message: 'wrong', details: { field } });
}

describe('RulesModel', () => {
  it('begins with what is kept, and tries it on the log', async () => {
    const { rules, model } = await aModel();
    expect(model.values).toEqual({
      rules: [{ template: 'loss {value} at {step}', name: 'loss' }],
      ignore: 'lr, train/*',
      automatic: true
    });
    expect(rules.tries).toEqual([
      [{ rules: rules.kept.rules, ignore: ['lr', 'train/*'], automatic: true }, 'loss 0.5 at 30']
    ]);
    expect(model.tried).toBe(rules.found);
    model.dispose();
  });

  it('tries once for several quick changes, and as the log grows', async () => {
    const log = new FakeLines(['a']);
    const { rules, model } = await aModel(log);
    vi.useFakeTimers();
    for (const template of ['x', 'x {', 'x {value}']) {
      model.change({ rules: [{ template, name: 'x' }] });
    }
    await vi.advanceTimersByTimeAsync(400);
    expect(rules.tries.slice(1).map(([{ rules: tried }]) => tried[0].template)).toEqual([
      'x {value}'
    ]);
    log.add('b');
    await vi.advanceTimersByTimeAsync(400);
    vi.useRealTimers();
    expect(rules.tries.at(-1)?.[1]).toBe('a\nb');
    model.dispose();
  });

  it('tries on the last lines of a long log', async () => {
    const lines = Array.from({ length: 1000 }, (_, at) => `line ${at}`);
    const { rules, model } = await aModel(new FakeLines(lines));
    const text = rules.tries[0][1].split('\n');
    expect([text.length, text[0], text.at(-1)]).toEqual([400, 'line 600', 'line 999']);
    model.dispose();
  });

  it('takes lines that are typed where there is no log', async () => {
    const { rules, model } = await aModel(null);
    expect(model.isTyped).toBe(true);
    vi.useFakeTimers();
    model.text = 'f1 0.5';
    await vi.advanceTimersByTimeAsync(400);
    vi.useRealTimers();
    expect(model.text).toBe('f1 0.5');
    expect(rules.tries.at(-1)?.[1]).toBe('f1 0.5');
    model.dispose();
  });

  it('keeps rules with the revision that they were made from, without empty ones', async () => {
    const { rules, model } = await aModel();
    model.change({
      rules: [{ template: ' ', name: 'x' }, ...model.values.rules],
      ignore: ' a ,, b'
    });
    expect((await model.save())?.revision).toBe(4);
    expect(rules.changes).toEqual([
      {
        rules: [{ template: 'loss {value} at {step}', name: 'loss' }],
        ignore: ['a', 'b'],
        automatic: true,
        base: 3
      }
    ]);
    model.dispose();
  });

  it('makes a rule of a line', async () => {
    const { model } = await aModel();
    model.pick('wer 12.5 at step 3');
    expect(model.values.rules.at(-1)).toEqual({ template: 'wer {wer} at step {step}', name: '' });
    model.pick('no number');
    expect(model.values.rules.at(-1)).toEqual({ template: 'no number', name: '' });
    model.dispose();
  });

  it.each([
    ['rules[0].template', 'rules[1].template'],
    ['rules.rules[0].template', 'rules[1].template'],
    ['ignore[2]', 'ignore'],
    ['', ''],
    ['constructor', '']
  ])('puts a complaint about “%s” at “%s”, past rules that are empty', async (field, place) => {
    const { rules, model } = await aModel();
    model.change({
      rules: [
        { template: '', name: '' },
        { template: 'x', name: 'x' }
      ]
    });
    rules.failure = refusal(field);
    expect(await model.save()).toBeNull();
    expect(model.errors).toEqual({ [place]: 'wrong' });
    model.change({ ignore: '' });
    expect(model.errors).toEqual({});
    model.dispose();
  });

  it('says why the rules cannot be read', async () => {
    const rules = new FakeRules();
    rules.kept = { ...rules.kept, trouble: 'The rules cannot be read.' };
    const model = new RulesModel(rules, null);
    await settled();
    expect(model.errors).toEqual({ '': 'The rules cannot be read.' });
    vi.spyOn(rules, 'show').mockRejectedValue(new Error('gone'));
    const another = new RulesModel(rules, null);
    await settled();
    expect([another.errors, another.isReady]).toEqual([{ '': 'gone' }, false]);
    model.dispose();
    another.dispose();
  });

  it('lets go of the log', async () => {
    const log = new FakeLines(['a']);
    const { rules, model } = await aModel(log);
    model.dispose();
    log.add('b');
    await settled();
    expect([model.isDisposed, log.shown]).toEqual([true, 0]);
    expect(rules.tries).toHaveLength(1);
  });
});
