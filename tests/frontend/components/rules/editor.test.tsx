import { fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import type { IRulesValues } from '../../../../src/components/rules/editor';
import { RulesEditor } from '../../../../src/components/rules/editor';

const VALUES: IRulesValues = {
  rules: [
    { template: 'a {value}', name: 'a' },
    { template: 'b {value}', name: 'b' }
  ],
  ignore: 'lr',
  automatic: true
};

function shown(errors = {}) {
  const onChange = vi.fn();
  render(<RulesEditor values={VALUES} errors={errors} onChange={onChange} />);
  return onChange;
}

describe('RulesEditor', () => {
  it('changes one rule and leaves the others', () => {
    const onChange = shown();
    fireEvent.change(screen.getByLabelText('Rule 2'), { target: { value: 'c {value}' } });
    expect(onChange).toHaveBeenCalledWith({
      rules: [VALUES.rules[0], { template: 'c {value}', name: 'b' }]
    });
    fireEvent.change(screen.getAllByLabelText('Series of {value}')[0], { target: { value: 'x' } });
    expect(onChange).toHaveBeenLastCalledWith({
      rules: [{ template: 'a {value}', name: 'x' }, VALUES.rules[1]]
    });
  });

  it('adds and removes rules', () => {
    const onChange = shown();
    fireEvent.click(screen.getByRole('button', { name: 'Add a rule' }));
    expect(onChange).toHaveBeenLastCalledWith({
      rules: [...VALUES.rules, { template: '', name: '' }]
    });
    fireEvent.click(screen.getByRole('button', { name: 'Remove rule 1' }));
    expect(onChange).toHaveBeenLastCalledWith({ rules: [VALUES.rules[1]] });
  });

  it('says what to leave alone', () => {
    const onChange = shown();
    fireEvent.change(screen.getByLabelText('Names to leave alone'), { target: { value: 'a, b' } });
    fireEvent.click(screen.getByRole('checkbox', { name: 'Find what known libraries print' }));
    expect(onChange.mock.calls).toEqual([[{ ignore: 'a, b' }], [{ automatic: false }]]);
  });

  it('shows each complaint beside its field', () => {
    shown({ '': 'not now', 'rules[1].template': 'means nothing', ignore: 'too many' });
    expect(screen.getByRole('alert').textContent).toBe('not now');
    const described = (label: string): string | undefined =>
      document.getElementById(screen.getByLabelText(label).getAttribute('aria-describedby') ?? '')
        ?.textContent ?? undefined;
    expect(described('Rule 2')).toBe('means nothing');
    expect(described('Names to leave alone')).toBe('too many');
    expect(described('Rule 1')).toBeUndefined();
  });
});
