import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import React from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { IChartProps } from '../../../../src/components/curves/chart';
import { ComparePage, compareId } from '../../../../src/panels/compare';
import { CompareBody } from '../../../../src/panels/compare/body';
import type { ICompareSubject } from '../../../../src/panels/compare/model';
import { CompareModel } from '../../../../src/panels/compare/model';
import { JobCommands } from '../../../../src/tokens/jobs';
import { IMetricsOfJobs, IMetricsOfRuns } from '../../../../src/tokens/metrics';
import { IRuns } from '../../../../src/tokens/runs';
import { aRun, FakeRuns } from '../../components/runs/fakes';
import { FakeJobs, FakeMetrics, aJob, fakeWorkbench } from '../../support';

const drawn = vi.hoisted(() => ({ charts: new Map<string, unknown>(), drags: [] as unknown[][] }));
vi.mock('../../../../src/components/curves/chart', () => ({
  Chart: (props: IChartProps) => {
    drawn.charts.set(props.title, props);
    return <figure>{props.title}</figure>;
  }
}));
vi.mock('../../../../src/panels/chart/drag', () => ({
  dragOut: (...args: unknown[]) => void drawn.drags.push(args)
}));

let runs: FakeRuns;
let model: CompareModel;
let asked: string[];
let commands: CommandRegistry;
const executed: unknown[] = [];

const chart = (name: string) => drawn.charts.get(name) as IChartProps;
const cells = (name: string) =>
  within(screen.getByRole('row', { name: new RegExp(`^${name}`) }))
    .getAllByRole('cell')
    .map(({ textContent }) => textContent);

function made(subject: ICompareSubject) {
  const jobs = new FakeJobs();
  jobs.list = [aJob({ id: 'job', name: 'trained', parameters: { lr: 0.1 } })];
  const loose = { kind: 'folder', state: 'ended', folder: 'crispdm-runs/loose' } as const;
  runs = new FakeRuns([
    aRun({ ...loose, id: 'loose', name: 'loose', parameters: { lr: 0.2 }, environment: '' }),
    aRun({ id: 'merged', kind: 'merged', state: 'ended', name: 'whole' })
  ]);
  const { workbench, share } = fakeWorkbench(jobs);
  asked = [];
  const curvesOf = (kind: string) => ({
    acquire: (id: string) => {
      asked.push(`${kind} ${id}`);
      const metrics = new FakeMetrics();
      metrics.put('loss', [3, 1]);
      metrics.put('accuracy', [0.5]);
      return { model: metrics, isDisposed: false, dispose: () => undefined };
    }
  });
  share(IMetricsOfJobs, curvesOf('jobs'));
  share(IMetricsOfRuns, curvesOf('runs'));
  share<IRuns>(IRuns, runs);
  model = new CompareModel(workbench, subject);
}

const show = async () => {
  render(<CompareBody model={model} commands={commands} />);
  await screen.findAllByRole('figure');
};

beforeEach(() => {
  drawn.charts.clear();
  drawn.drags.splice(0);
  executed.splice(0);
  commands = new CommandRegistry();
  for (const id of [JobCommands.compare, JobCommands.open]) {
    commands.addCommand(id, {
      execute: args => void executed.push([id, args]),
      describedBy: { args: {} }
    });
  }
});
afterEach(() => model.dispose());

describe('runs that no job made', () => {
  // proves: runs.page-outside
  it('are laid over those of jobs, each asked for where it is', async () => {
    made({ ids: ['job', 'loose', 'merged'], outside: ['loose', 'merged'] });
    await show();
    expect(asked).toEqual(['jobs job', 'runs loose', 'runs merged']);
    expect(chart('loss').names).toEqual(['trained', 'loose', 'whole']);
    expect([...chart('loss').series.keys()]).toEqual(['trained', 'loose', 'whole']);
  });

  it('stand beside jobs in the table, with what is known of them', async () => {
    made({ ids: ['job', 'loose'], outside: ['loose'] });
    await show();
    expect(cells('State')).toEqual(['Running', 'Ended']);
    expect(cells('lr')).toEqual(['0.1', '0.2']);
    expect(cells('Directory')[1]).toBe('crispdm-runs/loose');
    expect(cells('Environment')[1]).toBe('–');
    expect(cells('Command')[1]).toBe('–');
  });

  it('open by their name: a job its page, another its own curves', async () => {
    made({ ids: ['job', 'loose'], outside: ['loose'] });
    await show();
    const names = screen.getByRole('table');
    fireEvent.click(within(names).getByRole('button', { name: 'loose' }));
    fireEvent.click(within(names).getByRole('button', { name: 'trained' }));
    expect(executed).toEqual([
      [JobCommands.compare, { ids: ['loose'], outside: ['loose'] }],
      [JobCommands.open, { id: 'job' }]
    ]);
  });

  it('are shown alone, also with nothing to compare them with', async () => {
    made({ ids: ['loose'], outside: ['loose'] });
    await show();
    expect(screen.queryByLabelText('Only differences')).toBeNull();
    expect(cells('lr')).toEqual(['0.2']);
  });

  it('change and go as the server tells', async () => {
    made({ ids: ['loose', 'merged'], outside: ['loose', 'merged'] });
    await show();
    act(() => runs.told.emit({ run: aRun({ id: 'other', name: 'other' }) }));
    act(() => runs.told.emit({ run: { ...runs.list[0], name: 'renamed' } }));
    await waitFor(() => expect(chart('loss').names).toEqual(['renamed', 'whole']));
    act(() => runs.told.emit({ deleted: 'loose' }));
    await screen.findByText('1 run was deleted.');
    act(() => runs.told.emit({}));
    expect(model.compared.map(({ subject }) => subject.id)).toEqual(['merged']);
  });

  it('are followed only while somebody looks', async () => {
    made({ ids: ['loose'], outside: ['loose'] });
    const { unmount } = render(<CompareBody model={model} commands={commands} />);
    await screen.findAllByRole('figure');
    expect(runs.shown.shown).toHaveLength(1);
    unmount();
    expect(runs.shown.shown).toHaveLength(0);
  });

  it('say why there are none', async () => {
    made({ ids: ['gone'], outside: ['gone'] });
    render(<CompareBody model={model} commands={commands} />);
    expect((await screen.findByRole('alert')).textContent).toContain('There is no run');
  });
});

describe('a chart of several runs', () => {
  const all = { ids: ['job', 'loose'], outside: ['loose'] };

  // proves: runs.page-alone
  it('is opened or dragged out as a tab of its own', async () => {
    made(all);
    await show();
    chart('loss').actions!.onOpen!();
    const args = { ...all, metric: 'loss', view: { ...model.view } };
    expect(executed).toEqual([[JobCommands.compare, args]]);
    const event = { clientX: 1 } as React.PointerEvent<HTMLElement>;
    chart('accuracy').actions!.onDrag!(event);
    const [begin, label, make] = drawn.drags[0] as [unknown, string, () => Promise<unknown>];
    expect([begin, label]).toEqual([event, 'accuracy']);
    await make();
    expect(executed[1]).toEqual([
      JobCommands.compare,
      { ...args, metric: 'accuracy', isDragged: true }
    ]);
  });

  it('has all of its tab, and no table', async () => {
    made({ ...all, metric: 'loss' });
    await show();
    expect(screen.getAllByRole('figure').map(({ textContent }) => textContent)).toEqual(['loss']);
    expect(chart('loss').height).toBeNull();
    expect(chart('loss').actions?.onOpen).toBeUndefined();
    expect(screen.queryByRole('table')).toBeNull();
    screen.getByRole('button', { name: 'loose is the baseline' });
  });
});

describe('the tab', () => {
  const title = (subject: ICompareSubject) => {
    made(subject);
    const page = new ComparePage({ model, commands, translator: nullTranslator });
    return page;
  };

  it.each([
    [{ ids: ['job', 'x'] }, 'Compare 2 jobs'],
    [{ ids: ['job', 'loose'], outside: ['loose'] }, 'Compare 2 runs'],
    [{ ids: ['job', 'loose'], outside: ['loose'], metric: 'val/loss' }, 'val/loss – Compare 2 runs']
  ])('is called by what it shows: %o', (subject, said) => {
    const page = title(subject);
    expect(page.title.label).toBe(said);
    page.dispose();
  });

  it('is called by the run, as soon as it is known', async () => {
    const page = title({ ids: ['merged'], outside: ['merged'] });
    await waitFor(() => expect(page.title.label).toBe('whole'));
    page.dispose();
  });

  it('is another for another metric, and for other runs', () => {
    const ids = ['a', 'b'];
    const some = [
      { ids, metric: undefined },
      { ids, metric: 'a:b' },
      { ids: ['a'], metric: 'b' }
    ];
    expect(new Set(some.map(compareId)).size).toBe(3);
    made({ ids, outside: ['b', 'unknown'], metric: 'x' });
    expect(model.asked()).toEqual({ ids, outside: ['b'], metric: 'x' });
  });
});
