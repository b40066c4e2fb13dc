import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../../../src/api';
import { ModelsManager } from '../../../../src/managers/models/manager';
import { FakeLive, aDeployment, aModel, fakeServer, json } from '../../support';

describe('ModelsManager', () => {
  const make = (answer = () => json(aDeployment(), 201)) => {
    const live = new FakeLive();
    const server = fakeServer(answer);
    const models = new ModelsManager(new ApiClient(server.settings), live.asClient);
    live.say('models', 1, { models: [aModel('unet', 2)] });
    return { live, models, asked: server.asked };
  };

  it('deploys a version and waits for the fact', async () => {
    const { live, models, asked } = make();
    await models.deploy('unet', 2);
    expect(asked[0].body).toEqual({ model: 'unet/2', workers: 1 });
    expect(models.isPending('unet', 2)).toBe(true);
    live.say('deployments', 1, { deployments: [aDeployment({ version: 2, state: 'starting' })] });
    expect(models.isPending('unet', 2)).toBe(false);
    expect(models.deploymentOf('unet', 2)?.state).toBe('starting');
    expect(models.deploymentOf('unet', 1)).toBeUndefined();
  });

  it('prefers a deployment that works to one that failed', () => {
    const { live, models } = make();
    const failed = aDeployment({ id: 'a', state: 'failed' });
    live.say('deployments', 1, { deployments: [failed, aDeployment({ id: 'b' }), failed] });
    expect(models.deploymentOf('unet', 1)?.id).toBe('b');
  });

  it('can be tried again after a refusal', async () => {
    const { models } = make(() => json({ message: 'No worker.' }, 503));
    await expect(models.deploy('unet', 1)).rejects.toThrow('No worker.');
    expect(models.isPending('unet', 1)).toBe(false);
  });

  it.each([
    ['setAlias', ['unet', 'champion', 2], 'PUT', 'models/unet/aliases/champion', { version: 2 }],
    ['removeAlias', ['unet', 'champion'], 'DELETE', 'models/unet/aliases/champion', null],
    [
      'rollBack',
      ['unet', 'champion', 2],
      'POST',
      'models/unet/aliases/champion/rollback',
      { if_version: 2 }
    ],
    ['remove', ['unet', 2], 'DELETE', 'models/unet/versions/2', null],
    ['history', ['unet'], 'GET', 'models/unet/history', null],
    ['trustReport', ['unet', 2], 'GET', 'models/unet/versions/2/trust', null],
    [
      'trust',
      ['unet', 2, ['a.B'], 'Ours.'],
      'POST',
      'models/unet/versions/2/trust',
      { types: ['a.B'], reason: 'Ours.' }
    ]
  ] as const)('asks the registry: %s', async (method, given, verb, path, body) => {
    const { models, asked } = make(() => json({}));
    await (models[method] as (...given: unknown[]) => Promise<unknown>)(...given);
    expect(asked[0].method).toBe(verb);
    expect(asked[0].path).toContain(`/crispdm/api/${path}`);
    expect(asked[0].body ?? null).toEqual(body);
  });

  it('finds a model, and says where a version lies and is asked', () => {
    const { models } = make();
    expect(models.find('unet')?.versions.length).toBe(2);
    expect(models.find('toString')).toBeUndefined();
    expect(models.fileUrl('unet', 2)).toContain('/crispdm/api/models/unet/versions/2/file');
    expect(models.asking('a b', 2).url).toMatch(/\/v2\/models\/a%20b\/versions\/2\/infer$/);
  });

  it('asks a deployed version behind the login, and tells a refusal', async () => {
    const { models, asked } = make(() => json({ message: 'It is not ready.' }, 503));
    const asking = models.asking('unet', 2);
    await expect(asking.describe()).rejects.toThrow('It is not ready.');
    const tensor = { name: 'x', datatype: 'FP32', shape: [1], data: [1] };
    await expect(asking.infer([tensor])).rejects.toThrow('It is not ready.');
    expect(asked.map(({ method }) => method)).toEqual(['GET', 'POST']);
    expect(asked[1].body).toEqual({ inputs: [tensor] });
  });
});
