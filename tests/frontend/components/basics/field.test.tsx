import { fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import { Field, QuantityField, TextField } from '../../../../src/components/basics/field';
import { EnvironmentPicker } from '../../../../src/components/environments/picker';
import { AfterField } from '../../../../src/components/run/afterfield';
import { ProgressBar } from '../../../../src/components/basics/progress';
import { stepTo } from '../../../../src/components/basics/virtualrows';

const described = (label: string) => {
  const id = screen.getByLabelText(label).getAttribute('aria-describedby');
  return id && document.getElementById(id)?.textContent;
};

describe('a field', () => {
  it('has a label that leads to it, and a hint that is read with it', () => {
    render(<TextField label="Name" hint="As you like" value="a" onChange={() => undefined} />);
    expect(screen.getByLabelText<HTMLInputElement>('Name').value).toBe('a');
    expect(described('Name')).toBe('As you like');
  });

  it('says what is wrong in place of the hint', () => {
    render(<TextField label="Name" hint="Hint" error="Taken." value="a" onChange={vi.fn()} />);
    expect(described('Name')).toBe('Taken.');
    expect(screen.queryByText('Hint')).toBeNull();
    expect(screen.getByLabelText('Name').getAttribute('aria-invalid')).toBe('true');
  });

  it('is described by nothing where there is nothing to say', () => {
    render(
      <Field label="Name">
        <input />
      </Field>
    );
    expect(described('Name')).toBeNull();
  });

  it.each([
    [
      'a choice of environments',
      <EnvironmentPicker key="e" environments={[]} value="gone" onChange={vi.fn()} />
    ],
    ['a choice of jobs', <AfterField key="a" after={[]} jobs={[]} onChange={vi.fn()} />]
  ])('has what is wrong read also with %s', (_, choice) => {
    render(
      <Field label="Choice" error="It is gone.">
        {choice}
      </Field>
    );
    const [select] = screen.getAllByRole('combobox');
    const id = select.getAttribute('aria-describedby') ?? '';
    expect(document.getElementById(id)?.textContent).toBe('It is gone.');
  });

  it('is told apart from another of the same label', () => {
    const onChange = vi.fn();
    render(<TextField label="Same" hint="one" value="" onChange={onChange} />);
    render(<TextField label="Same" hint="two" value="" onChange={onChange} />);
    const ids = screen.getAllByLabelText('Same').map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
  });
});

describe('a quantity', () => {
  const units = { MiB: 1, GiB: 1024 };
  const show = (error?: string) => {
    const onChange = vi.fn();
    const value = { amount: '4', unit: 'GiB' };
    render(
      <QuantityField {...{ label: 'Memory', unitLabel: 'Unit', units, value, error, onChange }} />
    );
    return onChange;
  };

  it('changes its amount and its unit each by itself', () => {
    const onChange = show();
    fireEvent.change(screen.getByLabelText('Memory'), { target: { value: '8' } });
    fireEvent.change(screen.getByLabelText('Unit'), { target: { value: 'MiB' } });
    expect(onChange.mock.calls).toEqual([
      [{ amount: '8', unit: 'GiB' }],
      [{ amount: '4', unit: 'MiB' }]
    ]);
  });

  it('marks its amount as wrong, which is where one types', () => {
    show('Too much.');
    expect(screen.getByLabelText('Memory').getAttribute('aria-invalid')).toBe('true');
    expect(screen.getByText('Too much.')).toBeTruthy();
  });

  it('has what is wrong read with its amount', () => {
    show('Too much.');
    expect(described('Memory')).toBe('Too much.');
  });
});

describe('ProgressBar', () => {
  it.each([
    [0, '0'],
    [0.996, '100'],
    [1, '100'],
    [null, null]
  ])('tells %s as %s of a hundred', (value, now) => {
    render(<ProgressBar value={value} label="Progress" />);
    expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe(now);
  });
});

describe('the keys of a list', () => {
  it.each([
    ['ArrowDown', 3, 4],
    ['ArrowUp', 3, 2],
    ['ArrowUp', 0, 0],
    ['ArrowDown', 99, 99],
    ['PageDown', 3, 13],
    ['PageUp', 3, 0],
    ['Home', 50, 0],
    ['End', 50, 99]
  ])('%s leads from %d to %d of a hundred', (key, from, to) =>
    expect(stepTo(key, from, 100)).toBe(to)
  );

  it.each(['a', 'Enter', 'Tab', ''])('%s is left alone', key =>
    expect(stepTo(key, 3, 100)).toBeNull()
  );
});
