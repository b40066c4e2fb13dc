import { act, fireEvent, render, screen, within } from '@testing-library/react';
import React, { useState } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Job } from '../../../../src/api';
import type { IColumnChoice } from '../../../../src/components/datagrid/columnlayout';
import { NO_CHOICE } from '../../../../src/components/datagrid/columnlayout';
import { BulkBar } from '../../../../src/components/jobgrid/bulkbar';
import { JobGrid } from '../../../../src/components/jobgrid/grid';
import { NEWEST_FIRST } from '../../../../src/components/jobgrid/sort';
import { OlderJobs } from '../../../../src/components/jobs/older';
import type { ISelection } from '../../../../src/components/basics/selection';
import { NOTHING } from '../../../../src/components/basics/selection';
import { StateChips } from '../../../../src/components/jobgrid/statechips';
import type { Latest } from '../../../../src/tokens/metrics';
import { MOST_COMPARED } from '../../../../src/tokens/jobs';
import { FakeJobs, aJob, giveSize } from '../../support';

const frame = () => act(() => new Promise<void>(resolve => requestAnimationFrame(() => resolve())));
const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>('button', { name });

beforeEach(() => giveSize(520));

describe('JobGrid', () => {
  const grid = (
    jobs: Job[],
    pending: string[] = [],
    choice: IColumnChoice = NO_CHOICE,
    latest: Record<string, Latest> = {}
  ) => {
    const shown = { selection: NOTHING };
    const chosen = { columns: choice };
    const actions = { onSort: vi.fn(), onTag: vi.fn(), onOpen: vi.fn(), onDelete: vi.fn() };
    const Host = () => {
      const [selection, setSelection] = useState<ISelection>(NOTHING);
      const [columns, setColumns] = useState(choice);
      chosen.columns = columns;
      shown.selection = selection;
      return (
        <JobGrid
          jobs={jobs}
          sort={NEWEST_FIRST}
          selection={selection}
          environmentName={id => `env ${id}`}
          isPending={id => pending.includes(id)}
          isTagPressed={tag => tag === 'pressed'}
          onSelection={setSelection}
          latestOf={id => latest[id]}
          columns={columns}
          onColumns={setColumns}
          {...actions}
        />
      );
    };
    return {
      ...render(<Host />),
      actions,
      chosen,
      marked: () => [...shown.selection.marked].sort()
    };
  };
  const row = (name: string) => screen.getByRole('row', { name: new RegExp(`^${name}, `) });
  const three = ['a', 'b', 'c'].map(id => aJob({ id, name: id }));

  // proves: jobs.table
  it('shows all that is known of a job', () => {
    grid([
      aJob({
        owner: 'bob',
        progress: { done: 1, total: 4, message: 'epoch 2' },
        resources: { cpu_percent: 99.6, memory_bytes: 3 * 1024 ** 2 },
        memory: 1024 ** 3,
        tags: ['nightly']
      })
    ]);
    const cells = within(row('train'));
    ['Running', 'train', '25 %', '100', '3.0 MiB', 'env server', 'bob', 'nightly'].forEach(text =>
      expect(cells.getByText(text)).toBeTruthy()
    );
    expect(cells.getByTitle('3.0 MiB of 1.0 GiB')).toBeTruthy();
  });

  it('shows why a job ended, and nothing that it would use', () => {
    const resources = { cpu_percent: 50, memory_bytes: 1024 };
    grid([aJob({ state: 'failed', exit_code: 137, reason: 'out of memory', resources })]);
    const cells = within(row('train'));
    expect(cells.getByTitle('out of memory (exit code 137)')).toBeTruthy();
    expect(cells.queryByText('50')).toBeNull();
    expect(cells.queryByRole('progressbar')).toBeNull();
  });

  it('shows a job of which a viewer is told little', () => {
    grid([aJob({ command: [], cwd: '', source: null, pid: null, parameters: {}, owner: '' })]);
    expect(within(row('train')).getByText('Running')).toBeTruthy();
  });

  it('names the program that submitted a job beside its person (issue 7)', () => {
    grid([aJob({ owner: 'ada', via: 'nightly' })]);
    expect(within(row('train')).getByText('ada, by nightly')).toBeTruthy();
  });

  // proves: jobs.stalled
  it('marks a job that stalled', () => {
    grid([aJob({ stalled: '2026-11-21T14:02:00Z' })]);
    expect(screen.getByRole('img', { name: /No output, metrics or CPU since/ })).toBeTruthy();
  });

  // proves: jobs.waits-for-input
  it('marks a job that waits for input', () => {
    grid([aJob({ waiting_for_input: '2026-11-21T14:02:00Z' })]);
    expect(screen.getByRole('img', { name: /Waits for input since/ })).toBeTruthy();
  });

  it('says how it is sorted, and asks for another order', () => {
    const { actions } = grid(three);
    const head = (name: string) => screen.getByRole('columnheader', { name });
    expect(head('Created').getAttribute('aria-sort')).toBe('descending');
    expect(head('Name').getAttribute('aria-sort')).toBe('none');
    fireEvent.click(button('Memory'));
    fireEvent.click(button('Created'));
    expect(actions.onSort.mock.calls).toEqual([
      [{ key: 'memory', descending: true }],
      [{ key: 'created', descending: false }]
    ]);
  });

  it('is marked by the mouse: one, more, a range, all', () => {
    const { marked } = grid(three);
    fireEvent.click(row('a'));
    fireEvent.click(row('c'), { ctrlKey: true });
    expect(marked()).toEqual(['a', 'c']);
    fireEvent.click(row('b'));
    fireEvent.click(row('c'), { shiftKey: true });
    expect(marked()).toEqual(['b', 'c']);
    fireEvent.click(screen.getByRole('checkbox', { name: 'Mark c' }));
    expect(marked()).toEqual(['b']);
    const all = screen.getByRole<HTMLInputElement>('checkbox', { name: 'Mark all' });
    expect(all.indeterminate).toBe(true);
    fireEvent.click(all);
    expect(marked()).toEqual(['a', 'b', 'c']);
    expect(row('a').getAttribute('aria-selected')).toBe('true');
  });

  // proves: ui.keyboard
  it('is walked, marked and opened by keys', async () => {
    const { marked, actions } = grid(three);
    row('a').focus();
    const press = async (name: string, key: string, keys = {}) => {
      fireEvent.keyDown(row(name), { key, ...keys });
      await frame();
    };
    await press('a', 'ArrowDown');
    expect(document.activeElement).toBe(row('b'));
    expect(marked()).toEqual([]);
    await press('b', ' ');
    await press('b', 'ArrowDown', { shiftKey: true });
    expect(marked()).toEqual(['b', 'c']);
    await press('c', 'Escape');
    expect(marked()).toEqual([]);
    await press('c', 'a', { ctrlKey: true });
    expect(marked()).toEqual(['a', 'b', 'c']);
    await press('c', 'Enter');
    await press('c', 'Delete');
    expect(actions.onOpen).toHaveBeenCalledWith('c');
    expect(actions.onDelete).toHaveBeenCalledOnce();
  });

  it('opens by its name or two clicks, and asks for a tag', () => {
    const { actions, marked } = grid([aJob({ tags: ['gpu', 'pressed'] })]);
    fireEvent.click(button('train'));
    fireEvent.doubleClick(row('train'));
    expect(actions.onOpen.mock.calls).toEqual([['j1'], ['j1']]);
    fireEvent.click(button('gpu'));
    expect(actions.onTag).toHaveBeenCalledWith('gpu');
    expect(button('pressed').getAttribute('aria-pressed')).toBe('true');
    expect(marked()).toEqual([]);
  });

  // proves: jobs.confirm
  it('is grey where a command is on its way', () => {
    grid(three, ['b']);
    expect(row('b').getAttribute('aria-busy')).toBe('true');
    expect(row('a').getAttribute('aria-busy')).toBe('false');
  });

  // proves: jobs.thousand-rows
  it('holds a thousand jobs with a few rows in the page, and tells how many there are', () => {
    grid(Array.from({ length: 1000 }, (_, at) => aJob({ id: `j${at}`, name: `n${at}` })));
    expect(screen.getAllByRole('row').length).toBeLessThan(60);
    expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('1001');
  });

  it('keeps the row that has the focus in the page, wherever one scrolls', async () => {
    grid(Array.from({ length: 1000 }, (_, at) => aJob({ id: `j${at}`, name: `n${at}` })));
    fireEvent.click(row('n3'));
    const scroller = screen.getByRole('grid');
    scroller.scrollTop = 20_000;
    fireEvent.scroll(scroller);
    await frame();
    expect(row('n3')).toBeTruthy();
    expect(screen.queryByRole('row', { name: /^n4, / })).toBeNull();
  });

  it('shows the newest value of a metric, and a parameter, where they are chosen', () => {
    const choice = {
      shown: { 'metric:val/loss': true, 'parameter:net': true, owner: false },
      widths: {}
    };
    const jobs = [aJob({ parameters: { net: 'unet', lr: 1 } }), aJob({ id: 'b', name: 'b' })];
    grid(jobs, [], choice, { j1: new Map([['val/loss', 0.123456]]) });
    const heads = screen.getAllByRole('columnheader').map(({ textContent }) => textContent);
    expect(heads.slice(-2)).toEqual(['val/loss', 'net']);
    expect(heads).not.toContain('Owner');
    expect(within(row('train')).getByText('0.1235')).toBeTruthy();
    expect(within(row('train')).getByText('unet')).toBeTruthy();
    expect(row('b').querySelector('[data-column="metric:val/loss"]')?.textContent).toBe('');
  });

  it('shows an empty cell where a job lacks a parameter that every object seems to have', () => {
    const choice = { shown: { 'parameter:__proto__': true }, widths: {} };
    const parameters = JSON.parse('{"__proto__": "deep"}') as Job['parameters'];
    grid([aJob({ parameters }), aJob({ id: 'b', name: 'b' })], [], choice);
    const textOf = (name: string) =>
      row(name).querySelector('[data-column="parameter:__proto__"]')?.textContent;
    expect([textOf('train'), textOf('b')]).toEqual(['deep', '']);
  });

  it('makes a column wider by Shift and an arrow key, and fits it by a double click', () => {
    const { chosen } = grid(three);
    const head = button('Name');
    const edge = screen.getByRole('separator', { name: 'Width of Name' });
    const before = Number(edge.getAttribute('aria-valuenow'));
    fireEvent.keyDown(head, { key: 'ArrowRight', shiftKey: true });
    expect(chosen.columns.widths.name).toBe(before + 16);
    fireEvent.keyDown(head, { key: 'ArrowLeft' });
    expect(chosen.columns.widths.name).toBe(before + 16);
    fireEvent.doubleClick(edge);
    expect(chosen.columns.widths).toEqual({});
  });

  it('makes a column wider by a drag at its edge', () => {
    const { chosen } = grid(three);
    const edge = screen.getByRole('separator', { name: 'Width of Owner' });
    edge.setPointerCapture = () => undefined;
    const before = Number(edge.getAttribute('aria-valuenow'));
    fireEvent(edge, new MouseEvent('pointerdown', { bubbles: true, clientX: 100 }));
    fireEvent(edge, new MouseEvent('pointermove', { bubbles: true, clientX: 130 }));
    fireEvent(edge, new MouseEvent('pointerup', { bubbles: true }));
    fireEvent(edge, new MouseEvent('pointermove', { bubbles: true, clientX: 300 }));
    expect(chosen.columns.widths).toEqual({ owner: before + 30 });
  });

  // proves: names.html
  it('shows a name as text, whatever is in it', () => {
    const { container } = grid([aJob({ name: '<img src=x>', tags: ['<b>'] })]);
    expect(container.querySelector('img, b')).toBeNull();
  });
});

describe('BulkBar', () => {
  const bar = (marked: Job[], pending: string[] = []) => {
    const actions = { onStop: vi.fn(), onDelete: vi.fn(), onCompare: vi.fn(), onClear: vi.fn() };
    render(<BulkBar marked={marked} isPending={id => pending.includes(id)} {...actions} />);
    return actions;
  };
  const mixed = [
    aJob({ id: 'a' }),
    aJob({ id: 'b', state: 'queued' }),
    aJob({ id: 'c', state: 'failed' })
  ];

  it('stops what runs, deletes what is over, compares', () => {
    const actions = bar(mixed);
    fireEvent.click(button('Stop 2 jobs'));
    fireEvent.click(button('Delete 1 job'));
    fireEvent.click(button('Compare jobs'));
    expect(actions.onStop).toHaveBeenCalledWith(['a', 'b']);
    expect(actions.onDelete).toHaveBeenCalledWith(['c']);
    expect(actions.onCompare).toHaveBeenCalledWith(['a', 'b', 'c']);
  });

  it('offers nothing that cannot be done', () => {
    bar([aJob()], ['j1']);
    expect(button('Stop jobs').disabled).toBe(true);
    expect(button('Delete jobs').disabled).toBe(true);
    expect(button('Compare jobs').disabled).toBe(true);
    expect(button('Unmark all').disabled).toBe(false);
  });

  it('compares no more than fit side by side', () => {
    bar(Array.from({ length: MOST_COMPARED + 1 }, (_, at) => aJob({ id: `j${at}` })));
    expect(button('Compare jobs').disabled).toBe(true);
  });
});

describe('StateChips', () => {
  it('counts the states that there are, and toggles them', () => {
    const onToggle = vi.fn();
    const counts = new Map([['failed', 3] as const]);
    render(<StateChips counts={counts} pressed={['running']} onToggle={onToggle} />);
    const names = screen.getAllByRole('button').map(({ textContent }) => textContent);
    expect(names).toEqual(['Running0', 'Failed3']);
    expect(button(/Running/).getAttribute('aria-pressed')).toBe('true');
    fireEvent.click(button(/Failed/));
    expect(onToggle).toHaveBeenCalledWith('failed');
  });
});

describe('OlderJobs', () => {
  it('is there only where the list ends before the jobs do', () => {
    const jobs = new FakeJobs();
    const onLoad = vi.fn();
    const { container, rerender } = render(<OlderJobs jobs={jobs} onLoad={onLoad} />);
    expect(container.textContent).toBe('');
    jobs.hasOlder = true;
    rerender(<OlderJobs jobs={jobs} onLoad={onLoad} />);
    fireEvent.click(button('Load older'));
    expect(onLoad).toHaveBeenCalledOnce();
    jobs.isLoadingOlder = true;
    rerender(<OlderJobs jobs={jobs} onLoad={onLoad} />);
    expect(button('Loading…').disabled).toBe(true);
  });
});
