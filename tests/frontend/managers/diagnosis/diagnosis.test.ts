import { describe, expect, it } from 'vitest';
import { DiagnosisModel } from '../../../../src/managers/diagnosis/diagnosis';
import { aDiagnosis } from '../../diagnosis';
import { FakeLive } from '../../support';

const TOPIC = 'jobs/j1/diagnosis';

describe('DiagnosisModel', () => {
  it('knows the newest that was said, and tells of it', () => {
    const live = new FakeLive();
    const model = new DiagnosisModel(live.asClient, 'j1');
    model.show();
    let changes = 0;
    model.changed.connect(() => changes++);
    expect([model.value, model.isReady]).toEqual([null, false]);
    live.say(TOPIC, 1, { diagnosis: aDiagnosis() });
    live.say(TOPIC, 2, { diagnosis: aDiagnosis({ verdict: 'right' }) });
    expect(model.value?.verdict).toBe('right');
    expect([changes, model.isReady]).toEqual([2, true]);
  });

  it('says nothing of a job that was deleted', () => {
    const live = new FakeLive();
    const model = new DiagnosisModel(live.asClient, 'j1');
    model.show();
    live.say(TOPIC, 1, { diagnosis: aDiagnosis() });
    live.say(TOPIC, 2, { deleted: 'j1' });
    expect(model.value).toBeNull();
  });

  it('keeps why the server refuses', () => {
    const live = new FakeLive();
    const model = new DiagnosisModel(live.asClient, 'j1');
    model.show();
    live.refuse(TOPIC, 'There is no job.');
    expect(model.error).toBe('There is no job.');
    model.dispose();
    expect(model.isDisposed).toBe(true);
  });
});
