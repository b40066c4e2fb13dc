import { describe, expect, it } from 'vitest';
import { deploymentNamed } from '../../../../src/components/models/deployed';
import { aDeployment } from '../../support';

describe('the deployment that a name means', () => {
  const fixed = aDeployment({ id: 'one', model: 'a', version: 1, state: 'ready' });
  const alias = aDeployment({ id: 'two', model: 'a', version: 2, alias: 'x', state: 'starting' });
  const failed = aDeployment({ id: 'three', model: 'a', version: 3, state: 'failed' });
  const all = [fixed, alias, failed];

  it.each([
    ['a', 'one'],
    ['a/1', 'one'],
    ['a/3', 'three'],
    ['a@x', 'two'],
    ['a@y', undefined],
    ['a/4', undefined],
    ['b', undefined],
    ['', undefined]
  ])('%s is %s', (name, id) => {
    expect(deploymentNamed(all, name)?.id).toBe(id);
  });

  it('is one that starts rather than one that failed', () => {
    expect(deploymentNamed([alias, failed], 'a')?.id).toBe('two');
  });
});
