import { DisposableDelegate } from '@lumino/disposable';
import { CommandRegistry } from '@lumino/commands';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import React from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { IChartProps } from '../../../../src/components/curves/chart';
import { RunsPageBody } from '../../../../src/panels/runs/body';
import { ChosenCurves } from '../../../../src/panels/runs/chosencurves';
import { RunsPageModel } from '../../../../src/panels/runs/model';
import type { IMetrics } from '../../../../src/tokens/metrics';
import { IMetricsOfJobs, IMetricsOfRuns } from '../../../../src/tokens/metrics';
import { IRuns } from '../../../../src/tokens/runs';
import type { IHandle } from '../../../../src/tokens/workbench';
import { aRun, FakeRuns } from '../../components/runs/fakes';
import { FakeMetrics } from '../../live';
import { FakeJobs, fakeWorkbench, giveSize } from '../../support';

const charts = vi.hoisted(() => ({ drawn: [] as IChartProps[] }));
vi.mock('../../../../src/components/curves/chart', () => ({
  Chart: (props: IChartProps) => {
    charts.drawn.push(props);
    return <figure />;
  }
}));

let models: Map<string, FakeMetrics>;
let held: string[];

function acquire(id: string): IHandle<IMetrics> {
  const model = models.get(id) ?? new FakeMetrics();
  models.set(id, model);
  held.push(id);
  const release = new DisposableDelegate(() => held.splice(held.indexOf(id), 1));
  return Object.assign(release, { model });
}

const shown = (id: string) => models.get(id)?.views.shown;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'requestAnimationFrame'] });
  models = new Map();
  held = [];
  charts.drawn = [];
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the curves of chosen runs', () => {
  const rest = () => vi.advanceTimersByTime(300);

  it('come for those that are chosen, and only while somebody looks', () => {
    const curves = new ChosenCurves(acquire);
    curves.want(['a', 'b']);
    rest();
    expect([held, shown('a')]).toEqual([['a', 'b'], []]);
    const follower = curves.show(1);
    expect([shown('a'), shown('b')]).toEqual([[1], [1]]);
    curves.want(['b', 'c']);
    rest();
    expect([[...curves.runs.keys()], shown('a'), shown('c')]).toEqual([['b', 'c'], [], [1]]);
    follower.change({ period: 5 });
    expect(shown('c')).toEqual([5]);
    follower.dispose();
    follower.dispose();
    expect([shown('b'), shown('c'), held]).toEqual([[], [], ['b', 'c']]);
    curves.dispose();
    expect(held).toEqual([]);
  });

  it('are asked for when the choice rests, and let go at once where nothing is chosen', () => {
    const curves = new ChosenCurves(acquire);
    curves.want(['a']);
    rest();
    for (const id of ['b', 'c', 'd']) {
      curves.want(['a', id]);
      vi.advanceTimersByTime(100);
    }
    expect(models.size).toBe(1);
    rest();
    expect([...models.keys()]).toEqual(['a', 'd']);
    curves.want([]);
    expect([held, vi.getTimerCount()]).toEqual([[], 0]);
    curves.dispose();
  });

  it('tell of growth while they are chosen', () => {
    const curves = new ChosenCurves(acquire);
    let told = 0;
    curves.changed.connect(() => told++);
    curves.want(['a']);
    rest();
    const before = told;
    models.get('a')?.put('loss', [1]);
    expect(told).toBe(before + 1);
    curves.want([]);
    const after = told;
    models.get('a')?.put('loss', [2]);
    expect(told).toBe(after);
  });

  it('leave nothing waiting behind', () => {
    const curves = new ChosenCurves(acquire);
    curves.want(['a']);
    curves.dispose();
    curves.dispose();
    expect([vi.getTimerCount(), curves.isDisposed]).toEqual([0, true]);
    curves.want(['b']);
    rest();
    expect(held).toEqual([]);
  });
});

describe('the plot of curves', () => {
  let model: RunsPageModel;
  let runs: FakeRuns;

  const show = async (count: number, view = {}) => {
    giveSize(520);
    runs = new FakeRuns(
      Array.from({ length: count }, (_, at) => aRun({ id: `r${at}`, name: `run ${at}` }))
    );
    const fake = fakeWorkbench(new FakeJobs());
    fake.share<IRuns>(IRuns, runs);
    fake.share<IMetricsOfJobs>(IMetricsOfJobs, { acquire });
    fake.share<IMetricsOfRuns>(IMetricsOfRuns, { acquire: id => acquire(`run ${id}`) });
    model = new RunsPageModel(fake.workbench, view);
    render(<RunsPageBody model={model} commands={new CommandRegistry()} />);
    await rest(); // the runs come
    await rest(); // and with them the curves of those that are chosen
  };
  const rest = () => act(() => vi.advanceTimersByTimeAsync(600));
  afterEach(() => model.dispose());

  it('asks one to choose, and shows what is chosen', async () => {
    await show(3);
    fireEvent.click(screen.getByRole('button', { name: 'Curves' }));
    expect(model.view.curves).toBe('loss');
    screen.getByText('Choose runs to see their curves.');
    fireEvent.click(screen.getByRole('row', { name: /^run 1/ }));
    await rest();
    expect(held).toEqual(['r1']);
    expect(screen.getAllByRole('figure')).toHaveLength(1);
    expect(shown('r1')).toEqual([1]);
    act(() => models.get('r1')?.put('loss', [3, 2]));
    await rest();
    const { names, series, title } = charts.drawn.at(-1) ?? {};
    expect([title, names, series?.get('run 1')?.length]).toEqual(['loss', ['run 1'], 2]);
    fireEvent.click(screen.getByRole('button', { name: 'Choose none' }));
    expect([held, screen.queryByRole('figure')]).toEqual([[], null]);
  });

  it('has those of runs that no job made, too', async () => {
    await show(2, { curves: 'loss', chosen: ['r0', 'r1'] });
    expect(held).toEqual(['r0', 'r1']);
    runs.list[1] = aRun({ id: 'r9', kind: 'folder', state: 'ended' });
    act(() => model.setView({ chosen: ['r0', 'r9'], sort: 'name' }));
    await rest();
    await rest();
    expect(held).toEqual(['r0', 'run r9']);
  });

  it('draws another metric where one is chosen', async () => {
    await show(2, { curves: 'loss', chosen: ['r0'] });
    const choice = screen.getByRole<HTMLSelectElement>('combobox', { name: 'Curves of' });
    expect([...choice.options].map(({ value }) => value)).toEqual(['loss', 'grad norm']);
    fireEvent.change(choice, { target: { value: 'grad norm' } });
    expect(model.view.curves).toBe('grad norm');
    fireEvent.click(screen.getByRole('button', { name: 'Curves' }));
    await rest();
    expect([model.view.curves, held]).toEqual(['', []]);
    fireEvent.click(screen.getByRole('button', { name: 'Curves' }));
    expect(model.view.curves).toBe('grad norm');
  });

  it('lets the run stand out that is pointed at elsewhere', async () => {
    await show(3, { curves: 'loss', chosen: ['r0', 'r2'] });
    act(() => model.pointed.point('r2'));
    expect(charts.drawn.at(-1)?.pointed).toBe('run 2');
    act(() => model.pointed.point('r1'));
    expect(charts.drawn.at(-1)?.pointed).toBe(null);
  });

  it('say whose they are, and let the one stand out whose name is under the mouse', async () => {
    await show(12, { curves: 'loss', chosen: Array.from({ length: 12 }, (_, at) => `r${at}`) });
    const names = within(screen.getByRole('list', { name: 'Colours of the runs' }));
    const items = names.getAllByRole('listitem');
    expect(items.map(({ textContent }) => textContent)).toEqual(
      Array.from({ length: 12 }, (_, at) => `run ${at}`)
    );
    const looks = items.map(item => item.querySelector('span')?.getAttribute('style'));
    expect(new Set(looks).size).toBe(12);
    fireEvent.pointerEnter(items[3]);
    expect([model.pointed.id, charts.drawn.at(-1)?.pointed]).toEqual(['r3', 'run 3']);
    fireEvent.pointerLeave(items[3]);
    expect([model.pointed.id, charts.drawn.at(-1)?.pointed]).toEqual(['', null]);
  });

  it('tells runs of one name apart', async () => {
    await show(2, { curves: 'loss', chosen: ['r0', 'r1'] });
    act(() => runs.told.emit({ run: aRun({ id: 'r1', name: 'run 0' }) }));
    await rest();
    expect(charts.drawn.at(-1)?.names).toEqual(['run 0', 'run 0 (2)']);
  });

  it('looks closer run by run, and leaves out what is refused', async () => {
    await show(2, { curves: 'loss', chosen: ['r0', 'r1'] });
    const [first, second] = [models.get('r0')!, models.get('r1')!];
    first.put('loss', [1, 2, 3]);
    first.answer = new Map(first.series);
    second.answer = new Error('That is too much.');
    const window = {
      names: ['run 0', 'run 1'],
      axis: 'step',
      begin: 0,
      end: 9,
      points: 5
    } as const;
    const found = await charts.drawn.at(-1)?.closer?.({ ...window, names: [...window.names] });
    expect([...(found ?? [])].map(([label, curve]) => [label, curve.length])).toEqual([
      ['run 0', 3]
    ]);
    expect(first.windows).toEqual([{ ...window, names: ['loss'] }]);
  });

  it('takes the first of many, and says so', async () => {
    const ids = Array.from({ length: 80 }, (_, at) => `r${at}`);
    await show(80, { curves: 'loss', chosen: ids });
    screen.getByText('The curves of the first 50 chosen runs.');
    expect(held).toEqual(ids.slice(0, 50));
  });
});
