import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import type { Alert, Verdict } from '../../../../src/api';
import { DiagnosisBadge } from '../../../../src/components/diagnosis/badge';
import { DiagnosisLine, ruleOf } from '../../../../src/components/diagnosis/diagnosis';
import { aDiagnosis, aFinding, FakeDiagnosis } from '../../diagnosis';

const RULE: Alert['rule'] = {
  when: 'stuck',
  metric: 'val/loss',
  value: null,
  patience: 5,
  unit: 'values',
  least: 0,
  better: null,
  then: 'notice'
};
const WAITING: Alert = { rule: RULE, raised: false, reason: '', time: null, evidence: [] };
const RAISED: Alert = { ...WAITING, raised: true, reason: 'val/loss is stuck.', time: 1.7e9 };

describe('DiagnosisBadge', () => {
  it.each<[Verdict, string, string]>([
    ['early', 'Too early to say', 'quiet'],
    ['learning', 'Learning', 'quiet'],
    ['underfit', 'Under-fitted', 'warn'],
    ['right', 'Just right', 'good'],
    ['plateau', 'Plateau', 'warn'],
    ['overfit', 'Over-fitted', 'warn'],
    ['diverging', 'Diverging', 'bad'],
    ['nan', 'Not a number', 'bad']
  ])('says %s in words, with a picture and why', (verdict, label, tone) => {
    render(<DiagnosisBadge verdict={verdict} reason="because" />);
    const badge = screen.getByText(label);
    expect(badge.title).toBe('because');
    expect(badge.dataset.tone).toBe(tone);
    expect(badge.querySelector('path')?.getAttribute('d')).toMatch(/^M/);
  });
});

describe('DiagnosisLine', () => {
  // proves: diagnosis.view, training.diagnosis
  it('says what the curves say, and on demand on which points that rests', () => {
    render(<DiagnosisLine model={new FakeDiagnosis(aDiagnosis())} />);
    expect(screen.getByText('Over-fitted')).toBeTruthy();
    expect(screen.getByRole('status').textContent).toContain('val/loss was best at step 40');
    expect(screen.queryByRole('list', { name: 'Evidence' })).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Why' }));
    expect(screen.getByRole('list', { name: 'Evidence' }).textContent).toBe(
      'val/loss (at best): 0.31 at step 40val/loss (now): 0.42 at step 100'
    );
    fireEvent.click(screen.getByRole('button', { name: 'Less' }));
    expect(screen.queryByRole('list', { name: 'Evidence' })).toBeNull();
  });

  it('leads to the alerts where they can be changed', () => {
    const onAlerts = vi.fn();
    const model = new FakeDiagnosis(aDiagnosis());
    const { rerender } = render(<DiagnosisLine model={model} />);
    expect(screen.queryByRole('button', { name: 'Alerts…' })).toBeNull();
    rerender(<DiagnosisLine model={model} onAlerts={onAlerts} />);
    fireEvent.click(screen.getByRole('button', { name: 'Alerts…' }));
    expect(onAlerts).toHaveBeenCalledTimes(1);
  });

  it('is not there before there are curves', async () => {
    const model = new FakeDiagnosis();
    render(<DiagnosisLine model={model} />);
    expect(screen.queryByRole('region')).toBeNull();
    act(() => model.say(aDiagnosis({ verdict: 'early', findings: [] })));
    expect(screen.queryByRole('region')).toBeNull();
    act(() => model.say(aDiagnosis()));
    expect(await screen.findByRole('region', { name: 'Diagnosis' })).toBeTruthy();
  });

  it('follows only while it is shown', () => {
    const model = new FakeDiagnosis(aDiagnosis());
    const { unmount } = render(<DiagnosisLine model={model} />);
    expect(model.views.shown).toEqual([null]);
    unmount();
    expect(model.views.shown).toEqual([]);
  });

  it('tells of values that are no numbers', () => {
    const evidence = [
      { what: 'broken', name: 'loss', step: 7, value: null },
      { what: 'last', name: 'loss', step: 6, value: 0.5 },
      { what: 'start', name: 'loss', step: 0, value: '-Infinity' }
    ];
    const findings = [aFinding({ train: 'loss', validation: null, verdict: 'nan', evidence })];
    render(<DiagnosisLine model={new FakeDiagnosis(aDiagnosis({ findings }))} />);
    fireEvent.click(screen.getByRole('button', { name: 'Why' }));
    expect(screen.getByRole('list', { name: 'Evidence' }).textContent).toBe(
      'loss (broken): no number at step 7loss (last number): 0.5 at step 6' +
        'loss (at first): -Infinity at step 0'
    );
  });

  it('tells an alert that was raised first, and those that wait', () => {
    const said = aDiagnosis({ alerts: [WAITING, RAISED] });
    render(<DiagnosisLine model={new FakeDiagnosis(said)} />);
    expect(screen.getByRole('status').textContent).toBe('Alert: val/loss is stuck.');
    fireEvent.click(screen.getByRole('button', { name: 'Why' }));
    const alerts = screen.getByRole('list', { name: 'Alerts' });
    expect(alerts.textContent).toContain('Watchingval/loss no better for 5 values: tell');
    expect(alerts.textContent).toContain('Raisedval/loss is stuck.');
  });

  it('says which file is of the best point', () => {
    const best = {
      metric: 'val/loss',
      better: 'low' as const,
      step: 40,
      value: 0.31,
      time: null,
      artifact: 'best.pt',
      model: null,
      kept: true,
      note: 'The nearest.'
    };
    render(<DiagnosisLine model={new FakeDiagnosis(aDiagnosis({ best, trouble: 'Cut.' }))} />);
    fireEvent.click(screen.getByRole('button', { name: 'Why' }));
    expect(
      screen.getByText('Best: val/loss 0.31 at step 40. Kept as the result: best.pt. The nearest.')
    ).toBeTruthy();
    expect(screen.getByText('Cut.')).toBeTruthy();
  });
});

describe('a rule in words', () => {
  const trans = nullTranslator.load('jupyter-crispdm');
  it.each<[Partial<Alert['rule']>, string]>([
    [{ when: 'above', value: 3 }, 'val/loss above 3: tell'],
    [{ when: 'below', value: 0.1 }, 'val/loss below 0.1: tell'],
    [{ when: 'nan', metric: '' }, 'any metric no number any more: tell'],
    [{ unit: 'steps' }, 'val/loss no better for 5 steps: tell'],
    [{ then: 'stop' }, 'val/loss no better for 5 values: stop the job and keep the best']
  ])('%o', (change, text) => {
    expect(ruleOf(trans, { ...RULE, ...change })).toBe(text);
  });
});
