import { fireEvent, render, screen, within } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import { RulesPreview } from '../../../../src/components/rules/preview';
import { someFound } from '../../panels/rules/fakes';

describe('RulesPreview', () => {
  it('marks what was found, and says by which rule', () => {
    render(<RulesPreview tried={someFound()} onPick={vi.fn()} />);
    const lines = within(screen.getByRole('list', { name: 'Lines of the log' })).getAllByRole(
      'listitem'
    );
    const marks = [...lines[1].querySelectorAll('mark')];
    expect(marks.map(mark => [mark.textContent, mark.title])).toEqual([
      ['0.5', 'loss'],
      ['30', 'step']
    ]);
    expect(lines[1].textContent).toContain('loss 0.5 at 30rule 1');
    expect(lines[2].textContent).toBe('epoch 2: acc 0.75');
  });

  it('tells the series', () => {
    render(<RulesPreview tried={someFound()} onPick={vi.fn()} />);
    const series = screen.getByRole('list', { name: 'Series found' });
    expect(series.textContent).toBe('loss 1 pointacc 2 points');
  });

  it('says when there are none', () => {
    render(<RulesPreview tried={{ ...someFound(), series: [] }} onPick={vi.fn()} />);
    expect(screen.getByText('No metrics are found in these lines.')).toBeTruthy();
  });

  it('offers a rule for lines with a number in which nothing was found', () => {
    const onPick = vi.fn();
    render(<RulesPreview tried={someFound()} onPick={onPick} />);
    const buttons = screen.getAllByRole('button', { name: 'Make a rule' });
    expect(buttons).toHaveLength(1);
    fireEvent.click(buttons[0]);
    expect(onPick).toHaveBeenCalledWith('loading 12 files');
  });
});
