import { render, screen } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import { JobRow } from '../../../../src/components/jobs/row';
import { aJob } from '../../support';

describe('JobRow', () => {
  const since = '2026-11-21T14:02:00Z';

  it.each([
    ['torch · Waits for input', aJob({ waiting_for_input: since })],
    [
      'torch · epoch 2',
      aJob({ progress: { done: 2, total: 5, message: 'epoch 2' }, waiting_for_input: null })
    ],
    [
      "torch · KeyError: 'lr'",
      aJob({ state: 'failed', reason: "KeyError: 'lr'", waiting_for_input: since })
    ]
  ])('tells the most telling: %s', (text, job) => {
    const fixed = { index: 0, now: 0, environment: 'torch', isPending: false, isSelected: false };
    render(<JobRow job={job} {...fixed} onOpen={vi.fn()} />);
    expect(screen.getByText(text)).toBeTruthy();
  });
});
