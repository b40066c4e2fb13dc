import { fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import type { Job } from '../../../src/api';
import { CompareTable } from '../../../src/components/comparetable';
import { compareJobs, summarise } from '../../../src/components/comparison';
import type { ISeries } from '../../../src/tokens';
import { aJob, trans } from '../support';

function series(...value: number[]): ISeries {
  const step = value.map((_, index) => index);
  return { step, value, time: step };
}

const NOW = Date.parse('2026-11-21T10:10:00Z');

function groups(jobs: Job[], curves: Record<string, ISeries>[] = []) {
  const compared = jobs.map((job, at) => ({
    job,
    series: new Map(Object.entries(curves[at] ?? {}))
  }));
  return compareJobs(trans, compared, id => `env ${id}`, NOW);
}

function find(all: ReturnType<typeof groups>, label: string) {
  return all.flatMap(({ rows }) => rows).find(row => row.label === label);
}

describe('compareJobs', () => {
  it('puts parameters side by side, also those that one does not have', () => {
    const all = groups([
      aJob({ parameters: { lr: 0.1, layers: [1, 2] } }),
      aJob({ parameters: { lr: 0.1, net: 'unet', none: null } })
    ]);
    expect(find(all, 'lr')).toMatchObject({ differs: false });
    expect(find(all, 'layers')).toMatchObject({
      differs: true,
      places: [{ text: '[1,2]' }, { text: '' }]
    });
    expect(find(all, 'net')?.places[1].text).toBe('unet');
    expect(find(all, 'none')?.places[1].text).toBe('null');
  });

  it('tells the last, the lowest and the highest value of each metric', () => {
    const all = groups(
      [aJob(), aJob({ id: 'j2' })],
      [{ loss: series(3, 0.5, 1) }, { loss: series(3, 0.4, 1), acc: series(NaN) }]
    );
    expect(find(all, 'loss')).toMatchObject({
      differs: true,
      places: [
        { text: '1', note: '0.5 to 3' },
        { text: '1', note: '0.4 to 3' }
      ]
    });
    expect(find(all, 'acc')).toMatchObject({ differs: false });
  });

  it('tells how they ran, and leaves out what none has', () => {
    const over = aJob({ state: 'failed', exit_code: 3, ended: '2026-11-21T10:00:31Z' });
    const all = groups([aJob(), over]);
    expect(find(all, 'State')?.places.map(({ text }) => text)).toEqual(['Running', 'Failed']);
    expect(find(all, 'Time')?.places.map(({ text }) => text)).toEqual(['9:59', '0:30']);
    expect(find(all, 'Environment')).toMatchObject({ differs: false });
    expect(find(all, 'Tags')).toBeUndefined();
    expect(find(all, 'Memory limit')).toBeUndefined();
  });

  it('sums a curve of a million points up', () => {
    const value = Array.from({ length: 1_000_000 }, (_, index) => index);
    expect(summarise({ step: value, value, time: value })).toEqual({
      last: 999_999,
      min: 0,
      max: 999_999
    });
    expect(summarise(undefined)).toBeNull();
    expect(summarise(series(1, NaN, Infinity))).toEqual({ last: 1, min: 1, max: 1 });
  });
});

describe('CompareTable', () => {
  const jobs = [
    aJob({ name: 'one', parameters: { lr: 1 } }),
    aJob({ id: 'j2', parameters: { lr: 2 } })
  ];
  const table = (onlyDifferences: boolean, shown = jobs) => {
    const onOpen = vi.fn();
    const props = { jobs: shown, groups: groups(shown), onlyDifferences, onOpen };
    return { ...render(<CompareTable {...props} />), onOpen };
  };

  it('marks the rows that differ, and opens a job by its head', () => {
    const { onOpen } = table(false);
    expect(screen.getByRole('row', { name: 'lr 1 2' }).dataset.differs).toBe('true');
    expect(screen.getByRole('row', { name: /^Owner/ }).dataset.differs).toBeUndefined();
    fireEvent.click(screen.getByRole('button', { name: 'one' }));
    expect(onOpen).toHaveBeenCalledWith('j1');
  });

  it('shows only the differences, or says that there are none', () => {
    table(true).unmount();
    expect(screen.queryByRole('row', { name: /^Owner/ })).toBeNull();
    table(true, [aJob(), aJob()]);
    expect(screen.getByText('These jobs do not differ.')).toBeTruthy();
  });
});
