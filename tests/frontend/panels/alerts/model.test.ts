import { waitFor } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import type { Alert } from '../../../../src/api';
import { alertFields, wholeRule } from '../../../../src/components/alerts/values';
import { AlertsModel } from '../../../../src/panels/alerts/model';
import { aDiagnosis, FakeDiagnosis } from '../../diagnosis';
import { FakeJobs, FakeMetrics, trans } from '../../support';

const LIMIT = wholeRule({ when: 'above', metric: 'loss', value: 3 });
const NAN = wholeRule({ when: 'nan' });
const waits = (rule: Alert['rule']): Alert => ({
  rule,
  raised: false,
  reason: '',
  time: null,
  evidence: []
});
const rang = (rule: Alert['rule']): Alert => ({ ...waits(rule), raised: true, reason: 'It is.' });

async function make(alerts: Alert[] = [waits(LIMIT), waits(NAN)], failure: Error | null = null) {
  const jobs = new FakeJobs();
  const diagnosis = new FakeDiagnosis();
  const metrics = new FakeMetrics();
  metrics.put('loss', [1]);
  Object.assign(jobs, { watchedFor: alerts, failure });
  const model = new AlertsModel({ id: 'j1', jobs, diagnosis, metrics, trans });
  await waitFor(() => expect(model.isReady || model.error !== '').toBe(true));
  jobs.failure = null;
  return { jobs, diagnosis, metrics, model };
}

describe('AlertsModel', () => {
  it('shows the rules that are watched for, and saves others', async () => {
    const { jobs, model } = await make();
    expect(model.fields).toEqual(alertFields([LIMIT, NAN]));
    model.change([...alertFields([{ ...LIMIT, then: 'stop' }])]);
    expect(await model.save()).toHaveLength(1);
    expect(jobs.commands).toEqual([['setAlerts', 'j1', [{ ...LIMIT, then: 'stop' }]]]);
  });

  it('can take all of them away', async () => {
    const { jobs, model } = await make();
    model.change([]);
    expect(await model.save()).toEqual([]);
    expect(jobs.commands).toEqual([['setAlerts', 'j1', []]]);
  });

  it('does not ask the server about what is plainly wrong, and tells what it refuses', async () => {
    const { jobs, model } = await make();
    model.change(alertFields([{ when: 'above', metric: 'loss' }]));
    expect(await model.save()).toBeNull();
    expect([model.error, jobs.commands]).toEqual(['Alert 1: the limit must be a number.', []]);
    model.change(alertFields([NAN]));
    expect(model.error).toBe('');
    jobs.failure = new Error('The disk is full.');
    expect(await model.save()).toBeNull();
    expect(model.error).toBe('The disk is full.');
  });

  it('throws nothing away that it could not read', async () => {
    const { jobs, model } = await make([], new Error('It is gone.'));
    expect([model.isReady, model.error]).toEqual([false, 'It is gone.']);
    expect(await model.save()).toBeNull();
    expect(jobs.commands).toEqual([]);
  });

  it('tells beside a rule what it raised, also while it is open, until the rule is changed', async () => {
    const { diagnosis, model } = await make([rang(LIMIT), waits(NAN)]);
    const raised = () => model.raised.map(one => one?.reason ?? null);
    expect(raised()).toEqual(['It is.', null]);
    diagnosis.say(aDiagnosis({ alerts: [rang(LIMIT), rang(NAN)] }));
    expect(raised()).toEqual(['It is.', 'It is.']);
    model.change(alertFields([{ ...LIMIT, value: 4 }, NAN]));
    expect(raised()).toEqual([null, 'It is.']);
  });

  it('knows the metrics as they come, and lets go of all when it is over', async () => {
    const { diagnosis, metrics, model } = await make();
    expect(model.metrics).toEqual(['loss']);
    metrics.put('acc', [1]);
    expect(model.metrics).toEqual(['acc', 'loss']);
    expect(diagnosis.views.shown).toEqual([null]);
    const heard = vi.fn();
    model.changed.connect(heard);
    model.dispose();
    diagnosis.say(aDiagnosis());
    expect([diagnosis.views.shown, heard.mock.calls, model.isDisposed]).toEqual([[], [], true]);
  });
});
