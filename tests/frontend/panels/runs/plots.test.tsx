import { act, fireEvent, render, screen, within } from '@testing-library/react';
import { CommandRegistry } from '@lumino/commands';
import React from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RunsPageBody } from '../../../../src/panels/runs/body';
import { RunsPageModel } from '../../../../src/panels/runs/model';
import { IRuns } from '../../../../src/tokens/runs';
import { aRun, FakeRuns, figures } from '../../components/runs/fakes';
import { FakeJobs, fakeWorkbench, giveSize } from '../../support';

let runs: FakeRuns;
let model: RunsPageModel;

beforeEach(() => {
  giveSize(520);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'requestAnimationFrame'] });
  runs = new FakeRuns(
    [0.1, 0.2, 0.3].map((lr, at) =>
      aRun({ id: `r${at}`, name: `run ${at}`, parameters: { lr }, metrics: { loss: figures(lr) } })
    )
  );
  const fake = fakeWorkbench(new FakeJobs());
  fake.share<IRuns>(IRuns, runs);
  model = new RunsPageModel(fake.workbench);
});
afterEach(() => {
  model.dispose();
  vi.useRealTimers();
});

const show = async () => {
  render(<RunsPageBody model={model} commands={new CommandRegistry()} />);
  await act(() => vi.advanceTimersByTimeAsync(300));
};
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name });
const row = (name: string) => screen.getByRole('row', { name: new RegExp(`^${name}`) });
const drawnAs = () => screen.queryAllByRole('listbox').map(node => node.getAttribute('aria-label'));

describe('the plots over the table of runs', () => {
  it('open with what tells most, and come back as they were left', async () => {
    await show();
    expect(drawnAs()).toEqual([]);
    fireEvent.click(button('Scatter'));
    expect(model.view).toMatchObject({
      x: 'params.lr',
      y: 'metrics.loss.best',
      colour: 'metrics.loss.best',
      axes: []
    });
    act(() => model.setView({ x: 'duration', colour: '' }));
    fireEvent.click(button('Parallel coordinates'));
    expect(model.view).toMatchObject({
      axes: ['params.lr', 'metrics.loss.best', 'metrics."grad norm"']
    });
    expect([model.view.colour, drawnAs().length]).toEqual(['', 2]);
    fireEvent.click(button('Scatter'));
    fireEvent.click(button('Parallel coordinates'));
    expect([model.view.x, model.view.y, model.view.axes, drawnAs()]).toEqual(['', '', [], []]);
    fireEvent.click(button('Scatter'));
    expect(model.view.x).toBe('duration');
    expect(button('Scatter').getAttribute('aria-pressed')).toBe('true');
  });

  it('choose what the table has chosen, and the other way round', async () => {
    model.setView({ x: 'params.lr', y: 'metrics.loss' });
    const views: string[][] = [];
    model.viewChanged.connect((_, view) => views.push(view.chosen), views);
    await show();
    fireEvent.click(row('run 1'));
    const list = screen.getByRole('listbox', { name: 'loss over lr, 1 chosen' });
    act(() => list.focus());
    fireEvent.keyDown(list, { key: 'ArrowRight' });
    fireEvent.keyDown(list, { key: ' ' });
    expect(row('run 2').getAttribute('aria-selected')).toBe('true');
    expect(views).toEqual([['r1'], ['r1', 'r2']]);
  });

  it('keep a choice with the view only when it is made', () => {
    const views: string[][] = [];
    model.viewChanged.connect((_, view) => views.push(view.chosen), views);
    model.look({ marked: new Set(['r0']), active: 'r0', anchor: 'r0' });
    expect([model.view.chosen, views]).toEqual([[], []]);
    expect([...model.selection.marked]).toEqual(['r0']);
  });

  it('show the run under the mouse in the table and in the plots', async () => {
    model.setView({ x: 'params.lr', y: 'metrics.loss' });
    await show();
    const told = () => within(screen.getByRole('listbox')).getByRole('option');
    fireEvent.pointerOver(within(row('run 2')).getByText('run 2'));
    expect([model.pointed.id, told().dataset.shown]).toEqual(['r2', 'true']);
    expect(told().textContent).toContain('run 2');
    expect(row('run 2').dataset.pointed).toBe('true');
    act(() => model.pointed.point('r0'));
    expect([row('run 2').dataset.pointed, row('run 0').dataset.pointed]).toEqual([
      undefined,
      'true'
    ]);
    act(() => model.pointed.point('nobody'));
    expect([row('run 0').dataset.pointed, told().dataset.shown]).toEqual([undefined, 'false']);
  });
});
