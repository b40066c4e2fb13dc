import { act, fireEvent, render, screen, within } from '@testing-library/react';
import { CommandRegistry } from '@lumino/commands';
import React from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Run, RunView } from '../../../../src/api';
import { RunsPageBody } from '../../../../src/panels/runs/body';
import { RunsPageModel } from '../../../../src/panels/runs/model';
import { JobCommands } from '../../../../src/tokens/jobs';
import { IRuns } from '../../../../src/tokens/runs';
import { aRun, FakeRuns, figures } from '../../components/runs/fakes';
import { FakeJobs, fakeWorkbench, giveSize } from '../../support';

let runs: FakeRuns;
let model: RunsPageModel;
const asked: unknown[] = [];

const settled = () => act(() => vi.advanceTimersByTimeAsync(300));
const loss = (best: number) => ({ loss: figures(1, { goal: 'low', best }) });
const chosen = () => [...model.selection.marked].sort().join('');

/** Three runs of two learning rates, and one that says nothing of it. */
function sweep(): Run[] {
  return [
    aRun({ id: 'a', name: 'a', parameters: { lr: 0.1 }, metrics: loss(0.4) }),
    aRun({ id: 'b', name: 'b', parameters: { lr: 0.01 }, metrics: loss(0.3) }),
    aRun({ id: 'c', name: 'c', parameters: { lr: 0.1 }, metrics: loss(0.2) }),
    aRun({ id: 'd', name: 'd', kind: 'folder', state: 'ended', parameters: {}, metrics: {} })
  ];
}

async function show(list = sweep(), view: Partial<RunView> = { group_by: 'params.lr' }) {
  runs = new FakeRuns(list);
  const fake = fakeWorkbench(new FakeJobs());
  fake.share<IRuns>(IRuns, runs);
  model = new RunsPageModel(fake.workbench, view);
  const commands = new CommandRegistry();
  for (const id of [JobCommands.compare, JobCommands.open]) {
    commands.addCommand(id, {
      execute: args => void asked.push([id, args]),
      describedBy: { args: {} }
    });
  }
  render(<RunsPageBody model={model} commands={commands} />);
  await settled();
}

const row = (name: string) => screen.getByRole('row', { name });
const rows = () =>
  screen
    .getAllByRole('row')
    .slice(1)
    .map(one => one.getAttribute('aria-label'));
const box = (name: string) => screen.getByRole<HTMLInputElement>('checkbox', { name });
const press = async (name: string, key: string, keys = {}) => {
  fireEvent.keyDown(row(name), { key, ...keys });
  await settled();
};

const TENTH = 'lr: 0.1 (2 runs)';
const HUNDREDTH = 'lr: 0.01 (1 run)';
const WITHOUT = 'without “lr” (1 run)';

beforeEach(() => {
  giveSize(520);
  asked.splice(0);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'requestAnimationFrame'] });
});
afterEach(() => {
  model.dispose();
  vi.useRealTimers();
});

describe('the table of runs in groups', () => {
  // proves: runs.page-groups
  it('shows the heads first, with how many runs they have, and their best and mean figures', async () => {
    await show();
    expect(rows()).toEqual([TENTH, HUNDREDTH, WITHOUT]);
    screen.getByRole('treegrid', { name: 'Runs' });
    const cell = within(row(TENTH)).getByTitle('best 0.2, mean 0.3 ± 0.1414 of 2 runs');
    expect(cell.textContent).toBe('0.2 · ø 0.3');
    expect(cell.parentElement?.dataset.best).toBe('true');
    expect(row(HUNDREDTH).querySelector('[data-column="metrics.loss.best"]')?.textContent).toBe(
      '0.3'
    );
  });

  it('unfolds and folds a group by its name, two clicks, and keys', async () => {
    await show();
    expect(row(TENTH).getAttribute('aria-expanded')).toBe('false');
    fireEvent.click(within(row(TENTH)).getByRole('button'));
    expect(rows()).toEqual([TENTH, 'a, Succeeded', 'c, Succeeded', HUNDREDTH, WITHOUT]);
    expect(row(TENTH).getAttribute('aria-expanded')).toBe('true');
    expect(row('a, Succeeded').getAttribute('aria-level')).toBe('2');
    fireEvent.doubleClick(row(TENTH));
    expect(rows()).toEqual([TENTH, HUNDREDTH, WITHOUT]);
    await press(HUNDREDTH, 'ArrowRight');
    await press(HUNDREDTH, 'ArrowRight');
    expect(rows()).toEqual([TENTH, HUNDREDTH, 'b, Succeeded', WITHOUT]);
    await press(HUNDREDTH, 'ArrowLeft');
    await press(TENTH, 'Enter');
    expect(rows()).toEqual([TENTH, 'a, Succeeded', 'c, Succeeded', HUNDREDTH, WITHOUT]);
  });

  it('chooses the runs of a group with its head, and says where only some of them are', async () => {
    await show();
    fireEvent.click(box(`Choose the runs of ${TENTH}`));
    expect(chosen()).toBe('ac');
    expect(row(TENTH).getAttribute('aria-selected')).toBe('true');
    fireEvent.doubleClick(row(TENTH));
    fireEvent.click(box('Choose a'));
    expect(chosen()).toBe('c');
    expect(box(`Choose the runs of ${TENTH}`).indeterminate).toBe(true);
    expect(row(TENTH).getAttribute('aria-selected')).toBe('false');
    fireEvent.click(row(HUNDREDTH), { shiftKey: true });
    expect(chosen()).toBe('abc');
    await press(TENTH, 'a', { ctrlKey: true });
    expect(chosen()).toBe('abcd');
    await press(TENTH, ' ');
    expect(chosen()).toBe('bd');
  });

  it('keeps what is chosen when the groups are folded, or there are others', async () => {
    await show();
    fireEvent.click(row(TENTH));
    const groupBy = screen.getByRole('combobox', { name: 'Group by' });
    fireEvent.change(groupBy, { target: { value: 'kind' } });
    await settled();
    expect(rows()).toEqual(['Kind: job (3 runs)', 'Kind: folder (1 run)']);
    expect(chosen()).toBe('ac');
    fireEvent.change(groupBy, { target: { value: '' } });
    await settled();
    expect(rows()).toHaveLength(4);
    screen.getByRole('grid', { name: 'Runs' });
    expect(chosen()).toBe('ac');
  });

  it('asks for all runs, since figures of some would mean nothing', async () => {
    await show(sweep(), {});
    act(() => model.setView({ group_by: 'owner' }));
    await settled();
    act(() => model.setView({ group_by: '' }));
    await settled();
    expect(runs.queries.map(({ limit }) => limit)).toEqual([1000, 10_000, 1000]);
  });

  it('says of how many runs the groups are, where there are more than it can have', async () => {
    await show();
    runs.total = 12_345;
    act(() => model.setView({ sort: 'name' }));
    await settled();
    screen.getByText('The first 4 of 12,345 runs.');
  });

  it('begins with the groups of a saved view', async () => {
    await show(sweep(), { group_by: 'metrics."a b".best' });
    expect(rows()).toEqual(['without “a b (best)” (4 runs)']);
    const groupBy = screen.getByRole<HTMLSelectElement>('combobox', { name: 'Group by' });
    expect(groupBy.selectedOptions[0].textContent).toBe('By a b (best)');
  });
});

describe('runs that no job made', () => {
  it('open their curves by two clicks, Enter, their name and their card', async () => {
    await show(sweep(), {});
    fireEvent.doubleClick(row('d, Ended'));
    await press('d, Ended', 'Enter');
    fireEvent.click(screen.getByRole('button', { name: 'd' }));
    fireEvent.click(row('d, Ended'));
    fireEvent.click(screen.getByRole('button', { name: 'Show curves' }));
    const curves = [JobCommands.compare, { ids: ['d'], outside: ['d'] }];
    expect(asked).toEqual([curves, curves, curves, curves]);
    expect(screen.queryByRole('button', { name: 'Delete' })).toBeNull();
  });
});

describe('merging', () => {
  const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name });
  const name = (value: string) =>
    fireEvent.change(screen.getByRole('textbox', { name: 'Name of the merged run' }), {
      target: { value }
    });

  // proves: runs.page-merge
  it('makes one run of the chosen ones, and chooses it in their place', async () => {
    await show(sweep(), {});
    fireEvent.click(row('a, Succeeded'));
    fireEvent.click(button('Merge'));
    name('whole');
    expect(button('Merge 1 run').disabled).toBe(true);
    screen.getByText('Choose two to 100 runs first.');
    fireEvent.click(box('Choose c'));
    expect(button('Merge 2 runs').disabled).toBe(false);
    name('  ');
    expect(button('Merge 2 runs').disabled).toBe(true);
    name(' whole ');
    fireEvent.click(button('Merge 2 runs'));
    await settled();
    expect(runs.commands).toEqual([['merge', ['a', 'c'], 'whole']]);
    expect(model.chosen.map(run => run.name)).toEqual(['whole']);
    expect(row('whole, Ended').getAttribute('aria-selected')).toBe('true');
  });

  it('keeps the name and says why where the server refuses', async () => {
    await show(sweep(), { chosen: ['a', 'b'] });
    runs.failure = new Error('They have 30,000,000 points.');
    fireEvent.click(button('Merge'));
    name('whole');
    fireEvent.click(button('Merge 2 runs'));
    await settled();
    screen.getByText('They have 30,000,000 points.');
    expect(chosen()).toBe('ab');
    expect(button('Merge 2 runs').disabled).toBe(false);
  });

  it('says of what a merged run was made, and deletes it again', async () => {
    const merged = aRun({
      id: 'm',
      name: 'm',
      kind: 'merged',
      state: 'ended',
      lineage: { merged: ['a', 'b'] }
    });
    await show([merged, ...sweep()], { chosen: ['m'] });
    expect(screen.getAllByText('Made of')).toHaveLength(2);
    runs.failure = new Error('You may not.');
    fireEvent.click(button('Delete'));
    await settled();
    screen.getByText('You may not.');
    runs.failure = null;
    fireEvent.click(button('Delete'));
    await settled();
    expect(model.list.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
    expect(model.chosen).toEqual([]);
  });
});
