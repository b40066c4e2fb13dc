import { describe, expect, it } from 'vitest';
import { ApiClient, ApiError } from '../../../src/api';
import { JobsApi } from '../../../src/api/jobs';
import { wholeRule } from '../../../src/components/alerts/values';
import { JobsManager } from '../../../src/managers/jobs/manager';
import { FakeLive, fakeServer, json } from '../support';

const RULE = wholeRule({ when: 'above', metric: 'loss', value: 5 });
const ALERT = { rule: RULE, raised: true, reason: 'It is.', time: 1.7e9, evidence: [] };

describe('the rules of a job', () => {
  // proves: diagnosis.alert-fields
  it('are asked for, with what they raised', async () => {
    const { settings, asked } = fakeServer(() => json({ alerts: [ALERT] }));
    expect(await new JobsApi(new ApiClient(settings)).alerts('j1')).toEqual([ALERT]);
    const { method, path } = asked[0];
    expect([method, path]).toEqual(['GET', '/base/crispdm/api/jobs/j1/alerts']);
  });

  // proves: diagnosis.alert-fields
  it('are put in place of those before', async () => {
    const { settings, asked } = fakeServer(() => json({ alerts: [ALERT] }));
    const manager = new JobsManager(new ApiClient(settings), new FakeLive().asClient);
    expect(await manager.setAlerts('j1', [RULE])).toEqual([ALERT]);
    const { method, path, body } = asked[0];
    expect([method, path, body]).toEqual([
      'PUT',
      '/base/crispdm/api/jobs/j1/alerts',
      { alerts: [RULE] }
    ]);
    manager.dispose();
  });

  it('are refused with a reason that names the rule', async () => {
    const message = "'alerts', rule 1: 'above' needs a 'value', a number.";
    const { settings } = fakeServer(() => json({ message, details: { field: 'alerts' } }, 400));
    const manager = new JobsManager(new ApiClient(settings), new FakeLive().asClient);
    const refused = await manager.setAlerts('j1', [RULE]).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ApiError);
    expect(refused).toMatchObject({ message, field: 'alerts' });
    manager.dispose();
  });
});
