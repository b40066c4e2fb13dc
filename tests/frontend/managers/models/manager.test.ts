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
    expect(asked[0].body).toEqual({ model: 'unet/2' });
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
});
