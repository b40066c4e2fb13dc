import { describe, expect, it } from 'vitest';
import type { IAlertFields } from '../../../../src/components/alerts/values';
import {
  alertFields,
  NEW_ALERT,
  readAlerts,
  wholeRule
} from '../../../../src/components/alerts/values';
import { trans } from '../../support';

const typed = (change: Partial<IAlertFields>): IAlertFields => ({
  ...NEW_ALERT,
  metric: 'val/loss',
  ...change
});
const errorOf = (...fields: IAlertFields[]): string => {
  const read = readAlerts(fields, trans);
  return 'error' in read ? read.error : '';
};

describe('fields of alerts', () => {
  it.each([
    { when: 'above', metric: 'loss', value: 1e9, then: 'stop' },
    { when: 'below', metric: 'acc', value: -0.5 },
    { when: 'nan' },
    { when: 'nan', metric: 'loss', then: 'stop' },
    { when: 'stuck', metric: 'val/loss', patience: 3 },
    { when: 'stuck', metric: 'f1', patience: 500, unit: 'steps', least: 0.001, better: 'high' }
  ] as const)('come back as the rule that they came from: %j', rule => {
    expect(readAlerts(alertFields([rule]), trans)).toEqual({ rules: [wholeRule(rule)] });
  });

  it('send nothing that is of no use to their kind', () => {
    const left = { value: '7', patience: 'x', unit: 'steps', least: '?', better: 'low' } as const;
    expect(readAlerts([typed({ ...left, when: 'nan', metric: ' ' })], trans)).toEqual({
      rules: [wholeRule({ when: 'nan' })]
    });
    expect(readAlerts([typed({ ...left, when: 'above' })], trans)).toEqual({
      rules: [wholeRule({ when: 'above', metric: 'val/loss', value: 7 })]
    });
  });

  it.each<[Partial<IAlertFields>, string]>([
    [{ metric: '  ' }, 'Alert 1: say for which metric.'],
    [{ when: 'above', value: '' }, 'Alert 1: the limit must be a number.'],
    [{ when: 'below', value: 'much' }, 'Alert 1: the limit must be a number.'],
    [{ when: 'above', value: 'Infinity' }, 'Alert 1: the limit must be a number.'],
    [{ patience: '' }, 'Alert 1: for how long must be a whole number, at least 1.'],
    [{ patience: '0' }, 'Alert 1: for how long must be a whole number, at least 1.'],
    [{ patience: '1.5' }, 'Alert 1: for how long must be a whole number, at least 1.'],
    [{ least: '-1' }, 'Alert 1: by how much must be a number, at least 0.'],
    [{ least: 'NaN' }, 'Alert 1: by how much must be a number, at least 0.']
  ])('say what is wrong with %j', (change, error) => {
    expect(errorOf(typed(change))).toBe(error);
  });

  it('say which of several is wrong', () => {
    expect(errorOf(typed({}), typed({ when: 'above' }))).toMatch(/^Alert 2: /);
    expect(errorOf(typed({}), typed({ when: 'above', value: ' 2 ' }))).toBe('');
  });
});
