import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../../../src/api';
import { EnvironmentsManager } from '../../../../src/managers/environments/manager';
import type { IFacts } from '../../../../src/tokens/facts';
import { FakeLive, anEnvironment, fakeServer, json } from '../../support';

function counted(facts: IFacts): () => number {
  let count = 0;
  facts.changed.connect(() => count++, {});
  return () => count;
}

describe('EnvironmentsManager', () => {
  it('names environments, and those that are gone by their id', () => {
    const live = new FakeLive();
    const { settings } = fakeServer(() => json({ environments: [] }));
    const environments = new EnvironmentsManager(new ApiClient(settings), live.asClient);
    live.say('environments', 1, { environments: [anEnvironment({ id: 'e1', name: 'torch' })] });
    expect(environments.nameOf('e1')).toBe('torch');
    expect(environments.nameOf('gone')).toBe('gone');
  });

  it('has the directories read anew when asked', async () => {
    const { settings, asked } = fakeServer(() => json({ environments: [anEnvironment()] }));
    const environments = new EnvironmentsManager(new ApiClient(settings), new FakeLive().asClient);
    const changes = counted(environments);
    await environments.refresh();
    expect(asked[0].query).toBe('?refresh=1');
    expect(environments.list).toHaveLength(1);
    expect(changes()).toBe(1);
  });
});

// proves: environments.proposed
describe('the environment to propose for a file', () => {
  it.each([
    ['that of the nearest project', ['venv', 'server'], 'venv'],
    ['never a bare interpreter, however near it lies', ['system', 'pyenv', 'server'], 'server'],
    ['the server’s where there is nothing else', ['system'], 'server']
  ] as const)('is %s', async (_, kinds, wanted) => {
    const environments = kinds.map(kind => anEnvironment({ id: kind, kind }));
    const { settings } = fakeServer(() => json({ environments }));
    const manager = new EnvironmentsManager(new ApiClient(settings), new FakeLive().asClient);
    expect(await manager.nearest('x.ipynb')).toBe(wanted);
    manager.dispose();
  });
});
