import { describe, expect, it, vi } from 'vitest';
import { MetricsModel } from '../../../../src/managers/metrics/metrics';
import { FakeLive } from '../../support';

const delta = (value: number) => ({ step: [0], value: [value], time: [0] });
const between = { axis: 'step', begin: 1, end: 2, points: 100 } as const;

function model() {
  const metrics = vi.fn((_: string, names: readonly string[]) =>
    Promise.resolve(Object.fromEntries(names.map(name => [name, delta(name.length)])))
  );
  const everything = async function* (_: string, names: readonly string[]) {
    yield Object.fromEntries(names.map(name => [name, delta(1)]));
    yield await Promise.resolve({ loss: delta(2) });
  };
  const api = { metrics, everything };
  return { metrics, model: new MetricsModel(new FakeLive().asClient, api, 'j1') };
}

describe('looking closer at curves', () => {
  it('asks once for all charts that look at the same range, and gives each its own', async () => {
    const { metrics, model: curves } = model();
    const [loss, both, other] = await Promise.all([
      curves.closer({ ...between, names: ['loss'] }),
      curves.closer({ ...between, names: ['loss', 'accuracy'] }),
      curves.closer({ ...between, begin: 0, names: ['loss'] })
    ]);
    expect(metrics.mock.calls).toEqual([
      ['j1', ['loss', 'accuracy'], between],
      ['j1', ['loss'], { ...between, begin: 0 }]
    ]);
    expect([...loss.keys()]).toEqual(['loss']);
    expect([...both].map(([name, { value }]) => [name, value[0]])).toEqual([
      ['loss', 4],
      ['accuracy', 8]
    ]);
    expect(other.size).toBe(1);
  });

  it('asks anew after the answer, and passes a refusal on', async () => {
    const { metrics, model: curves } = model();
    await curves.closer({ ...between, names: ['loss'] });
    metrics.mockRejectedValueOnce(new Error('axis: unknown'));
    await expect(curves.closer({ ...between, names: ['loss'] })).rejects.toThrow('axis: unknown');
    expect(metrics).toHaveBeenCalledTimes(2);
  });

  it('has whole curves, in as many pieces as they come', async () => {
    const whole = await model().model.whole(['loss', 'accuracy']);
    expect([...whole].map(([name, { value }]) => [name, [...value]])).toEqual([
      ['loss', [1, 2]],
      ['accuracy', [1]]
    ]);
  });
});
