import { fireEvent, render, screen, within } from '@testing-library/react';
import { CommandRegistry } from '@lumino/commands';
import React from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Job, RunView } from '../../../../src/api';
import { RunsPageBody } from '../../../../src/panels/runs/body';
import { JobCommands } from '../../../../src/tokens/jobs';
import { aJob } from '../../support';
import { made, madeBeforeEach, model, runs, settled } from './made';

madeBeforeEach();

describe('the page', () => {
  const commands = new CommandRegistry();
  const asked: unknown[] = [];
  for (const id of [JobCommands.compare, JobCommands.open]) {
    commands.addCommand(id, {
      execute: args => void asked.push([id, args.ids ?? args.id, args.outside]),
      describedBy: { args: {} }
    });
  }
  const show = async () => {
    render(<RunsPageBody model={model} commands={commands} />);
    await settled();
  };
  const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name });
  const row = (name: string) => screen.getByRole('row', { name: new RegExp(`^${name}`) });
  beforeEach(() => void asked.splice(0));

  it('says what a run is where there is none', async () => {
    made([]);
    await show();
    screen.getByText('No runs yet.');
  });

  it('keeps the widths of columns with how the table is looked at', async () => {
    const kept: RunView[] = [];
    model.viewChanged.connect((_, view) => kept.push(view), kept);
    await show();
    const head = screen.getByRole('columnheader', { name: /^Name/ });
    const widthOf = () => within(head).getByRole('separator').getAttribute('aria-valuenow');
    const before = Number(widthOf());
    fireEvent.keyDown(within(head).getByRole('button'), { key: 'ArrowRight', shiftKey: true });
    await settled();
    expect(kept.at(-1)?.widths).toEqual({ name: before + 16 });
    expect(widthOf()).toBe(`${before + 16}`);
    model.setView({ widths: { name: 333 } });
    await settled();
    expect(widthOf()).toBe('333');
    fireEvent.doubleClick(within(head).getByRole('separator'));
    await settled();
    expect(model.view.widths).toEqual({});
    expect(widthOf()).toBe(`${before}`);
  });

  it('lets the content decide where what was kept is no width', async () => {
    model.setView({ widths: { name: 'wide' } as unknown as RunView['widths'] });
    await show();
    screen.getByRole('columnheader', { name: /^Name/ });
  });

  it('marks the best of each column', async () => {
    await show();
    const cell = within(row('train')).getByText('0.2');
    expect(cell.parentElement?.dataset.best).toBe('true');
    expect(within(row('eval')).getByText('0.4').parentElement?.dataset.best).toBeUndefined();
    expect(screen.getAllByRole('columnheader', { name: 'loss (best)' })).toHaveLength(1);
  });

  it('sorts by a click on a head, and back', async () => {
    await show();
    fireEvent.click(button('Name'));
    fireEvent.click(button('Name'));
    await settled();
    expect(runs.queries.slice(1).map(({ sort }) => sort)).toEqual(['-name']);
    expect(screen.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort')).toBe(
      'descending'
    );
  });

  it('opens the curves of the chosen runs over each other, also of those that no job made', async () => {
    await show();
    expect(button('Compare curves').disabled).toBe(true);
    fireEvent.click(screen.getByRole('checkbox', { name: 'Choose all' }));
    screen.getByText('3 chosen');
    fireEvent.click(button('Compare curves'));
    expect(asked).toEqual([[JobCommands.compare, ['a', 'b', 'c'], ['c']]]);
    fireEvent.click(button('Choose none'));
    screen.getByText('None chosen');
  });

  it('moves, chooses and opens with keys', async () => {
    await show();
    fireEvent.keyDown(row('eval'), { key: ' ' });
    expect(model.chosen.map(run => run.id)).toEqual(['a']);
    fireEvent.keyDown(row('eval'), { key: 'ArrowDown', shiftKey: true });
    expect(model.chosen.map(run => run.id)).toEqual(['a', 'b']);
    fireEvent.keyDown(row('train'), { key: 'Escape' });
    expect(model.chosen).toEqual([]);
    fireEvent.keyDown(row('train'), { key: 'Enter' });
    expect(asked).toEqual([[JobCommands.open, 'b', undefined]]);
  });

  describe('saved views', () => {
    const save = async (name: string) => {
      fireEvent.change(screen.getByRole('textbox', { name: 'Name of the view' }), {
        target: { value: name }
      });
      fireEvent.click(screen.getByRole('button', { name: /^(Save this view|Replace)$/ }));
      await settled();
    };
    const open = async () => {
      await show();
      fireEvent.click(button('Views'));
    };

    it('keeps how the table is looked at, as a link that opens it again', async () => {
      model.setView({ filter: 'loss < 1', columns: ['state'] });
      await open();
      screen.getByText('None saved yet.');
      expect(button('Save this view').disabled).toBe(true);
      await save('  my best ');
      const link = screen.getByRole<HTMLAnchorElement>('link', { name: 'my best' });
      expect(link.getAttribute('href')).toMatch(/lab\?runs=my%20best$/);
      model.setView({ filter: '', columns: [] });
      fireEvent.click(link);
      expect([model.view.filter, model.view.columns]).toEqual(['loss < 1', ['state']]);
    });

    it('leaves a click for another tab to the browser', async () => {
      await runs.saveView('other', { ...model.view, filter: 'favourite' });
      await open();
      fireEvent.click(screen.getByRole('link', { name: 'other' }), { ctrlKey: true });
      expect(model.view.filter).toBe('');
    });

    it('shows one that was just saved, also where an earlier list comes later', async () => {
      let answer = (): void => undefined;
      const late = new Promise<never[]>(done => (answer = () => done([])));
      vi.spyOn(runs, 'views').mockReturnValueOnce(late);
      await open();
      await save('mine');
      answer();
      await settled();
      screen.getByRole('link', { name: 'mine' });
    });

    it('says that a known name is replaced, and removes', async () => {
      await open();
      await save('mine');
      fireEvent.change(screen.getByRole('textbox', { name: 'Name of the view' }), {
        target: { value: 'mine' }
      });
      button('Replace');
      fireEvent.click(button('Remove mine'));
      await settled();
      screen.getByText('None saved yet.');
    });

    it('keeps what was typed and says why where the server refuses', async () => {
      await open();
      runs.failure = new Error('A view of that name is somebody else’s.');
      await save('theirs');
      screen.getByText('A view of that name is somebody else’s.');
      expect(
        screen.getByRole<HTMLInputElement>('textbox', { name: 'Name of the view' }).value
      ).toBe('theirs');
    });
  });

  it('chooses columns, and has the first ones back', async () => {
    await show();
    fireEvent.click(button('Choose columns'));
    fireEvent.click(screen.getByRole('checkbox', { name: 'loss' }));
    expect(model.view.columns.at(-1)).toBe('metrics.loss');
    fireEvent.click(screen.getByRole('checkbox', { name: 'State' }));
    expect(model.view.columns).not.toContain('state');
    fireEvent.click(button('Reset columns'));
    expect(model.view.columns).toEqual([]);
  });

  it('adds a condition by choosing', async () => {
    await show();
    fireEvent.click(button('Add a condition'));
    const choose = (name: string, value: string) =>
      fireEvent.change(screen.getByRole('combobox', { name }), { target: { value } });
    choose('Field', 'metrics."grad norm"');
    choose('Comparison', '>=');
    fireEvent.change(screen.getByRole('textbox', { name: 'Value' }), { target: { value: '2' } });
    fireEvent.click(button('Add'));
    expect(model.view.filter).toBe('metrics."grad norm" >= 2');
  });

  it('shows at once where a condition is wrong', async () => {
    await show();
    runs.failure = new Error('at letter 3 there should be a value');
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'lr =' } });
    await settled();
    expect(screen.getByRole('alert').textContent).toContain('at letter 3');
    row('eval');
  });

  it('shows all again where nothing fits', async () => {
    await show();
    runs.list = [];
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'name = x' } });
    await settled();
    screen.getByText('No run fits.');
    fireEvent.click(button('Show all'));
    expect(model.view.filter).toBe('');
  });

  it('gives a star', async () => {
    await show();
    fireEvent.click(button('eval is a favourite'));
    await settled();
    expect(runs.commands).toEqual([['change', 'a', { favourite: true }]]);
    expect(button('eval is a favourite').getAttribute('aria-pressed')).toBe('true');
    expect(model.chosen).toEqual([]);
  });

  it('says why a star was refused', async () => {
    await show();
    runs.failure = new Error('You may not write.');
    fireEvent.click(button('eval is a favourite'));
    await settled();
    screen.getByText('You may not write.');
  });

  it('changes tags, group and note of the one that is chosen', async () => {
    await show();
    fireEvent.click(row('train'));
    const type = (name: string, value: string) =>
      fireEvent.change(screen.getByRole('textbox', { name }), { target: { value } });
    expect(button('Save').disabled).toBe(true);
    type('Tags', 'paper, best');
    type('Note', 'the one of figure 3');
    fireEvent.click(button('Save'));
    await settled();
    expect(runs.commands).toEqual([
      ['change', 'b', { tags: ['paper', 'best'], group: '', note: 'the one of figure 3' }]
    ]);
    expect(button('Save').disabled).toBe(true);
  });

  it('runs again, and says what is other by now', async () => {
    await show();
    fireEvent.click(row('train'));
    fireEvent.click(button('Run again'));
    await settled();
    expect(runs.commands).toEqual([['again', 'b', {}]]);
    const told = screen.getByRole('region', { name: 'Run again' });
    expect(told.textContent).toContain('Code: as it was then');
    expect(told.textContent).toContain('train.py was changed.');
    fireEvent.click(button('Submitted as train'));
    expect(asked).toEqual([[JobCommands.open, 'again', undefined]]);
    runs.failure = new Error('Its script is gone.');
    fireEvent.click(button('With the code of now'));
    await settled();
    screen.getByText('Its script is gone.');
    expect(runs.commands.at(-1)).toEqual(['again', 'b', { code: 'now' }]);
  });

  const builder = (change: Partial<Job>) => {
    runs.jobs.list = [aJob({ id: 'b1', ...change })];
    runs.jobs.changed.emit();
    return settled();
  };

  it('has the environment of then built, and runs again in it by itself', async () => {
    await show();
    fireEvent.click(row('train'));
    fireEvent.click(button('In the environment of then'));
    await settled();
    expect(runs.commands).toEqual([['environment', 'b']]);
    screen.getByText(/Builds the environment of then \(study-e1\), then runs again/);
    expect(button('In the environment of then')).toHaveProperty('disabled', true);
    fireEvent.click(button('Open the job that builds it'));
    expect(asked).toEqual([[JobCommands.open, 'b1', undefined]]);
    fireEvent.click(row('eval'));
    expect(screen.queryByText(/then runs again/)).toBeNull();
    fireEvent.click(row('train'));
    screen.getByText(/then runs again/);
    await builder({ state: 'succeeded' });
    expect(runs.commands.slice(1)).toEqual([['again', 'b', { environment: 'then' }]]);
    expect(screen.queryByText(/then runs again/)).toBeNull();
    button('Submitted as train');
  });

  it('says why it does not run in the environment of then', async () => {
    await show();
    fireEvent.click(row('train'));
    fireEvent.click(button('In the environment of then'));
    await settled();
    await builder({ state: 'failed', reason: 'exited with code 1' });
    screen.getByText('The environment study-e1 was not built: exited with code 1');
    button('Open the job that failed');
    runs.failure = new Error('There is no Python 3.7.1 on this machine.');
    fireEvent.click(button('In the environment of then'));
    await settled();
    screen.getByText('There is no Python 3.7.1 on this machine.');
    expect(screen.queryByText(/was not built/)).toBeNull();
  });

  it('goes to the run that one repeats; one outside jobs cannot be run again', async () => {
    await show();
    fireEvent.click(row('train'));
    fireEvent.click(button('a'));
    expect(model.chosen.map(run => run.id)).toEqual(['a']);
    fireEvent.click(row('loose'));
    expect(screen.queryByRole('button', { name: 'Run again' })).toBeNull();
    screen.getByText('crispdm-runs/loose');
  });
});
