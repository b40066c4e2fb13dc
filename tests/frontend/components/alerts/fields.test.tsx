import { fireEvent, render, screen, within } from '@testing-library/react';
import React, { useState } from 'react';
import { describe, expect, it } from 'vitest';
import { AlertFields } from '../../../../src/components/alerts/fields';
import type { IAlertFields } from '../../../../src/components/alerts/values';
import { alertFields } from '../../../../src/components/alerts/values';

function show(start: readonly IAlertFields[], more: object = {}) {
  const shown = { alerts: start };
  const Host = () => {
    const [alerts, setAlerts] = useState(start);
    shown.alerts = alerts;
    return <AlertFields alerts={alerts} onChange={setAlerts} {...more} />;
  };
  return { ...render(<Host />), shown };
}

const rule = (number: number) => within(screen.getByRole('group', { name: `Alert ${number}` }));
const type = (number: number, label: string, value: string) =>
  fireEvent.change(rule(number).getByLabelText(label), { target: { value } });
const click = (name: string) => fireEvent.click(screen.getByRole('button', { name }));

describe('AlertFields', () => {
  // proves: diagnosis.alert-fields
  it('adds rules, changes them and takes them away', () => {
    const { shown } = show([]);
    expect(screen.getByText(/tell you, or stop it and keep the best/)).toBeTruthy();
    click('Add alert');
    click('Add alert');
    expect(screen.queryByText(/tell you, or stop it/)).toBeNull();
    type(1, 'Metric', 'loss');
    type(1, 'Condition', 'above');
    type(1, 'Limit', '5');
    type(1, 'What then', 'stop');
    type(2, 'Metric', 'f1');
    type(2, 'For how long', '200');
    type(2, 'Counted in', 'steps');
    type(2, 'Better is', 'high');
    type(2, 'By more than', '0.01');
    expect(shown.alerts).toMatchObject([
      { metric: 'loss', when: 'above', value: '5', then: 'stop' },
      { metric: 'f1', patience: '200', unit: 'steps', better: 'high', least: '0.01' }
    ]);
    click('Remove alert 1');
    expect(shown.alerts.map(({ metric }) => metric)).toEqual(['f1']);
  });

  it('asks only what its kind needs', () => {
    show(alertFields([{ when: 'nan' }, { when: 'below', metric: 'acc', value: 0.1 }]));
    expect(rule(1).queryByLabelText('Limit')).toBeNull();
    expect(rule(1).getByLabelText<HTMLInputElement>('Metric').placeholder).toBe('any metric');
    expect(rule(2).getByLabelText<HTMLInputElement>('Limit').value).toBe('0.1');
    expect(rule(2).queryByLabelText('For how long')).toBeNull();
    expect(rule(2).queryByLabelText('By more than')).toBeNull();
  });

  it('offers the metrics that are known, and tells what was raised and what is wrong', () => {
    const { container } = show(alertFields([{ when: 'nan' }]), {
      metrics: ['loss', 'val/loss'],
      notes: ['Raised: loss is broken.'],
      error: 'Alert 1: no.'
    });
    const list = rule(1).getByLabelText('Metric').getAttribute('list');
    const options = container.querySelectorAll(`datalist[id="${list}"] option`);
    expect([...options].map(one => one.getAttribute('value'))).toEqual(['loss', 'val/loss']);
    expect(rule(1).getByText('Raised: loss is broken.')).toBeTruthy();
    expect(screen.getByRole('alert').textContent).toBe('Alert 1: no.');
  });
});
