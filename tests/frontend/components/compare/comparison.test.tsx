import { fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import type { Job } from '../../../../src/api';
import { CompareTable } from '../../../../src/components/compare/table';
import { guessDirection } from '../../../../src/components/compare/direction';
import { labelsOf, overlay } from '../../../../src/components/compare/overlays';
import { compareJobs, deltaOf, summarise } from '../../../../src/components/compare/comparison';
import type { ISeries } from '../../../../src/tokens/metrics';
import { Curve } from '../../../../src/managers/metrics/curve';
import { aCurve, aJob, addPoints, trans } from '../../support';

function series(...value: number[]): ISeries {
  return aCurve(value);
}

const NOW = Date.parse('2026-11-21T10:10:00Z');

function groups(jobs: Job[], curves: Record<string, ISeries>[] = []) {
  const compared = jobs.map((job, at) => ({
    subject: job,
    series: new Map(Object.entries(curves[at] ?? {}))
  }));
  return compareJobs(trans, compared, id => `env ${id}`, NOW);
}

function find(all: ReturnType<typeof groups>, label: string) {
  return all.flatMap(({ rows }) => rows).find(row => row.label === label);
}

describe('compareJobs', () => {
  // proves: jobs.compare
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

  // proves: words.any-name
  it.each(['constructor', 'toString', '__proto__'])(
    'says nothing of the parameter “%s” where a job does not have it',
    name => {
      const parameters = JSON.parse(`{"${name}": 3}`) as Job['parameters'];
      const all = groups([aJob({ parameters }), aJob({ id: 'j2' })]);
      expect(find(all, name)).toMatchObject({
        differs: true,
        places: [{ text: '3' }, { text: '' }]
      });
    }
  );

  it('tells the best and the newest value of each metric, and marks the best job', () => {
    const all = groups(
      [aJob(), aJob({ id: 'j2' })],
      [{ loss: series(3, 0.5, 1) }, { loss: series(3, 0.4, 1), acc: series(NaN) }]
    );
    expect(find(all, 'loss')).toMatchObject({
      differs: true,
      places: [
        { text: '0.5', note: 'newest: 1', isBest: false },
        { text: '0.4', note: 'newest: 1', isBest: true }
      ]
    });
    expect(find(all, 'acc')).toMatchObject({ differs: false });
  });

  it('marks what was said to be better, and nothing where nobody knows', () => {
    const curves = [
      { loss: series(3, 1), x: series(1, 2) },
      { loss: series(2, 1.5), x: series(3) }
    ];
    const compared = curves.map((one, at) => ({
      subject: aJob({ id: `j${at}` }),
      series: new Map(Object.entries(one))
    }));
    const all = compareJobs(trans, compared, id => id, NOW, { loss: 'high' });
    expect(find(all, 'loss')?.places.map(({ isBest }) => isBest)).toEqual([true, false]);
    expect(find(all, 'x')).toMatchObject({
      direction: null,
      places: [{ text: '2', note: '1 to 2' }, { text: '3' }]
    });
  });

  it('tells how far each is from the baseline, and whether that is better', () => {
    const jobs = [aJob(), aJob({ id: 'j2' }), aJob({ id: 'j3' })];
    const curves = [
      { loss: series(3, 0.5), lr: series(0.1) },
      { loss: series(3, 0.4), lr: series(0.2) },
      { loss: series(3, 0.75) }
    ];
    const compared = jobs.map((job, at) => ({
      subject: job,
      series: new Map(Object.entries(curves[at] as Record<string, ISeries>))
    }));
    const all = compareJobs(trans, compared, id => id, NOW, {}, 'j1');
    expect(find(all, 'loss')?.places.map(({ delta }) => delta)).toEqual([
      undefined,
      { text: '−0.1 (−20 %)', isBetter: true },
      { text: '+0.25 (+50 %)', isBetter: false }
    ]);
    expect(find(all, 'lr')?.places.map(({ delta }) => delta?.text)).toEqual([
      undefined,
      '+0.1 (+100 %)',
      undefined
    ]);
    const plain = compareJobs(trans, compared, id => id, NOW, {}, 'deleted');
    expect(find(plain, 'loss')?.places.some(({ delta }) => delta)).toBe(false);
  });

  it.each([
    [2, 2, { text: '±0' }],
    [1, 0, { text: '+1', isBetter: false }],
    [-3, -2, { text: '−1 (−50 %)', isBetter: true }]
  ])('says that %d against %d is %o', (value, base, wanted) => {
    expect(deltaOf(value, base, 'low')).toEqual(wanted);
  });

  it('marks none where all are the same', () => {
    const same: Record<string, ISeries>[] = [{ acc: series(0.5) }, { acc: series(0.5) }, {}];
    const places = find(groups([aJob(), aJob(), aJob()], same), 'acc')?.places;
    expect(places?.map(({ isBest }) => isBest ?? false)).toEqual([false, false, false]);
  });

  it.each([
    ['val_loss', 'low'],
    ['error', 'low'],
    ['test/rmse', 'low'],
    ['accuracy', 'high'],
    ['val_acc', 'high'],
    ['f1', 'high'],
    ['mean_iou/3', 'high'],
    ['lr', null],
    ['pace', null]
  ])('guesses that %s is better %s', (name, direction) =>
    expect(guessDirection(name)).toBe(direction)
  );

  it('gives each job its own colour in every chart, also with the same name', () => {
    const jobs = [aJob(), aJob({ id: 'b' }), aJob({ id: 'c', name: 'x' })];
    const names = labelsOf(jobs);
    expect(names).toEqual(['train', 'train (2)', 'x']);
    const compared = jobs.map((job, at) => ({
      subject: job,
      series: new Map(at === 1 ? [] : [['loss', series(1)]])
    }));
    const laid = overlay(compared, names, 'loss');
    expect([...laid.keys()]).toEqual(['train', 'x']);
  });

  it('tells how they ran, and leaves out what none has', () => {
    const over = aJob({ state: 'failed', exit_code: 3, ended: '2026-11-21T10:00:31Z' });
    const all = groups([aJob(), over]);
    expect(find(all, 'State')?.places.map(({ text }) => text)).toEqual(['Running', 'Failed']);
    expect(find(all, 'Time')?.places.map(({ text }) => text)).toEqual(['9m59s', '30s']);
    expect(find(all, 'Environment')).toMatchObject({ differs: false });
    expect(find(all, 'Tags')).toBeUndefined();
    expect(find(all, 'Memory limit')).toBeUndefined();
  });

  it('sums a curve of a million points up', () => {
    const curve = new Curve(1_000_000);
    addPoints(
      curve,
      Array.from({ length: 1_000_000 }, (_, index) => index)
    );
    expect(summarise(curve)).toEqual({
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
    const [onOpen, onDirection] = [vi.fn(), vi.fn()];
    const all = groups(shown, [{ loss: series(2) }, { loss: series(1) }]);
    const props = { jobs: shown, groups: all, onlyDifferences, onOpen, onDirection };
    return { ...render(<CompareTable {...props} />), onOpen, onDirection };
  };

  it('marks the rows that differ, and opens a job by its head', () => {
    const { onOpen } = table(false);
    expect(screen.getByRole('row', { name: 'lr 1 2' }).dataset.differs).toBe('true');
    expect(screen.getByRole('row', { name: /^Owner/ }).dataset.differs).toBeUndefined();
    fireEvent.click(screen.getByRole('button', { name: 'one' }));
    expect(onOpen).toHaveBeenCalledWith(jobs[0]);
  });

  it('marks the best value, and asks for the other direction', () => {
    const { onDirection } = table(false);
    const best = screen.getByText('best').closest('td');
    expect(best?.textContent).toContain('1');
    fireEvent.click(screen.getByRole('button', { name: 'loss: lower is better' }));
    expect(onDirection).toHaveBeenCalledWith('loss', 'high');
  });

  it('shows only the differences, or says that there are none', () => {
    table(true).unmount();
    expect(screen.queryByRole('row', { name: /^Owner/ })).toBeNull();
    render(
      <CompareTable jobs={[]} groups={[]} onlyDifferences onOpen={vi.fn()} onDirection={vi.fn()} />
    );
    expect(screen.getByText('These jobs do not differ.')).toBeTruthy();
  });
});
