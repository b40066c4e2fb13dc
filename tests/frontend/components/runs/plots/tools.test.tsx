import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, render, screen, within } from '@testing-library/react';
import React from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Run } from '../../../../../src/api';
import { NOTHING } from '../../../../../src/components/basics/selection';
import { MOST_AXES } from '../../../../../src/components/runs/plots/choices';
import { colouringOf } from '../../../../../src/components/runs/plots/colouring';
import { Pointed } from '../../../../../src/components/runs/plots/pointed';
import { PlotTools } from '../../../../../src/components/runs/plots/tools';
import type { DrawnView } from '../../../../../src/components/runs/plots/view';
import { plotsOf } from '../../../../../src/components/runs/plots/view';
import { aRun, figures, someFields } from '../fakes';

const NOTHING_DRAWN: DrawnView = { axes: [], x: '', y: '', colour: '', curves: '' };
const RUNS = ['adam', 'sgd', 'adam', undefined].map((optimizer, at) =>
  aRun({
    id: `r${at}`,
    state: at === 0 ? 'failed' : 'succeeded',
    parameters: optimizer === undefined ? {} : { optimizer },
    metrics: at === 3 ? {} : { loss: figures(at + 1) }
  })
);
const onView = vi.fn();
const onSelection = vi.fn();

const show = (
  view: Partial<DrawnView>,
  change: { runs?: readonly Run[]; total?: number; hasFields?: boolean; marked?: string[] } = {}
) => {
  const { runs = RUNS, total = runs.length, hasFields = true, marked = [] } = change;
  render(
    <PlotTools
      runs={runs}
      total={total}
      view={{ ...NOTHING_DRAWN, ...view }}
      fields={hasFields ? someFields() : null}
      selection={{ ...NOTHING, marked: new Set(marked) }}
      pointed={new Pointed()}
      colouring={colouringOf(nullTranslator.load(''), runs, view.colour ?? '')}
      onView={onView}
      onSelection={onSelection}
      onOpen={vi.fn()}
    />
  );
};
const choices = () =>
  screen
    .queryAllByRole('combobox')
    .map(node => node.getAttribute('aria-label') ?? node.closest('label')?.firstChild?.textContent);
const options = (name: string) =>
  within(screen.getByRole('combobox', { name })).getAllByRole<HTMLOptionElement>('option');
const chosenIds = () => [...(onSelection.mock.calls.at(-1)?.[0] as typeof NOTHING).marked];

beforeEach(() => {
  onView.mockClear();
  onSelection.mockClear();
});

describe('the tools of plots', () => {
  it('are those of what is drawn', () => {
    expect(plotsOf(NOTHING_DRAWN)).toEqual({
      isParallel: false,
      isScatter: false,
      isCurves: false
    });
    expect(plotsOf({ ...NOTHING_DRAWN, x: 'a', axes: ['', '-'] })).toMatchObject({
      isParallel: false,
      isScatter: false
    });
    show({ axes: ['state'] });
    expect(choices()).toEqual(['Another axis', 'Colour']);
  });

  it('ask for both axes of a scatter, and for the metric of curves', () => {
    show({ x: 'duration', y: 'metrics.loss', curves: 'loss' });
    expect(choices()).toEqual(['Across', 'Upright', 'Curves of', 'Colour']);
  });

  it('have no colours where only curves are drawn', () => {
    show({ curves: 'loss' });
    expect(choices()).toEqual(['Curves of']);
  });

  it('offer metrics, parameters and what every run has', () => {
    show({ x: 'duration', y: 'state' });
    const values = options('Across').map(({ value }) => value);
    expect(values).toEqual(
      expect.arrayContaining(['created', 'state', 'metrics.loss', 'metrics.loss.best', 'params.lr'])
    );
    expect(values).toContain('metrics."grad norm"');
    expect(values).toContain('system.memory_bytes.max');
  });

  it('say what is chosen before anybody knows which fields there are', () => {
    show({ axes: ['a'], x: '-metrics.loss', y: 'params.lr', curves: 'gone' }, { hasFields: false });
    expect(options('Across')[0].textContent).toBe('loss');
    expect(options('Curves of').map(({ value }) => value)).toEqual(['gone']);
  });

  it('add an axis at the end; one that is there, upside down too, is not there twice', () => {
    show({ axes: ['-duration', 'state'] });
    const choice = screen.getByRole('combobox', { name: 'Another axis' });
    fireEvent.change(choice, { target: { value: 'params.lr' } });
    fireEvent.change(choice, { target: { value: 'duration' } });
    expect(onView.mock.calls).toEqual([
      [{ axes: ['-duration', 'state', 'params.lr'] }],
      [{ axes: ['state', 'duration'] }]
    ]);
  });

  it('add no more axes than can be told apart', () => {
    show({ axes: Array.from({ length: MOST_AXES }, (_, at) => `params.p${at}`) });
    expect(screen.getByRole<HTMLSelectElement>('combobox', { name: 'Another axis' }).disabled).toBe(
      true
    );
  });

  it('say that not all runs are drawn', () => {
    show({ axes: ['state'] }, { total: 9000 });
    screen.getByText('The first 4 of 9,000 runs are drawn.');
  });
});

describe('the legend of plots', () => {
  const legend = () => within(screen.getByRole('group', { name: 'Colours' }));

  it('is not there where all runs look alike', () => {
    show({ axes: ['state'] });
    expect(screen.queryByRole('group', { name: 'Colours' })).toBeNull();
  });

  it('has the ends of numbers, and between them each colour', () => {
    show({ axes: ['state'], colour: 'metrics.loss' });
    expect(screen.getByRole('group', { name: 'Colours' }).textContent).toBe('13no value');
    const steps = document.querySelectorAll('.crispdm-RunPlots-ramp i');
    expect(steps).toHaveLength(16);
    fireEvent.click(legend().getByRole('button', { name: 'no value' }));
    expect(chosenIds()).toEqual(['r3']);
  });

  it('has each word, which chooses in place of others, besides them, or takes them back', () => {
    show({ axes: ['state'], colour: 'params.optimizer' }, { marked: ['r0', 'r1'] });
    expect(
      legend()
        .getAllByRole('button')
        .map(({ title }) => title)
    ).toEqual(['Choose the 2 runs: adam', 'Choose the 1 run: sgd', 'Choose the 1 run: no value']);
    const adam = legend().getByRole('button', { name: 'adam' });
    fireEvent.click(adam);
    expect(chosenIds()).toEqual(['r0', 'r2']);
    fireEvent.click(adam, { shiftKey: true });
    expect(chosenIds()).toEqual(['r0', 'r1', 'r2']);
    fireEvent.click(adam, { ctrlKey: true });
    expect(chosenIds()).toEqual(['r1', 'r2']);
    expect(onSelection.mock.calls.every(([, isOver]) => isOver === true)).toBe(true);
  });

  it('says states as the table does', () => {
    show({ axes: ['duration'], colour: 'state' });
    expect(
      legend()
        .getAllByRole('button')
        .map(({ textContent }) => textContent)
    ).toEqual(['Failed', 'Succeeded']);
  });
});
