import { act, fireEvent, render, screen, within } from '@testing-library/react';
import React from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Run } from '../../../../../src/api';
import type { ISelection } from '../../../../../src/components/basics/selection';
import { NOTHING } from '../../../../../src/components/basics/selection';
import { drawn } from '../../../../../src/components/runs/plots/canvas';
import { RunPlots } from '../../../../../src/components/runs/plots/plots';
import { Pointed } from '../../../../../src/components/runs/plots/pointed';
import type { DrawnView } from '../../../../../src/components/runs/plots/view';
import { aRun, figures, someFields } from '../fakes';

const RUNS = [
  [0, 4],
  [1, 3],
  [2, 2],
  [3, 1],
  [4, null]
].map(([lr, loss], at) =>
  aRun({
    id: `r${at}`,
    name: `run ${at}`,
    kind: at === 3 ? 'folder' : 'job',
    parameters: { lr, net: at < 2 ? 'unet' : 'fcn' },
    metrics: loss === null ? {} : { loss: figures(loss) }
  })
);
const BOTH: DrawnView = {
  axes: ['params.lr', 'metrics.loss'],
  x: 'params.lr',
  y: 'metrics.loss',
  colour: 'params.net',
  curves: ''
};

let selection: ISelection;
let pointed: Pointed;
let told: { selections: [string[], boolean][]; views: Partial<DrawnView>[]; opened: string[] };

function Host({ view, runs }: { view: DrawnView; runs: readonly Run[] }): React.JSX.Element {
  const [now, setNow] = React.useState(selection);
  const [looked, setLooked] = React.useState(view);
  selection = now;
  return (
    <>
      <RunPlots
        runs={runs}
        total={runs.length}
        view={looked}
        fields={someFields()}
        selection={now}
        pointed={pointed}
        onView={change => {
          told.views.push(change);
          setLooked({ ...looked, ...change });
        }}
        onSelection={(next, isOver) => {
          told.selections.push([[...next.marked], isOver]);
          setNow(next);
        }}
        onOpen={id => told.opened.push(id)}
      />
      <button onClick={() => setNow({ ...NOTHING, marked: new Set(['r4']) })}>elsewhere</button>
    </>
  );
}

const show = (view: Partial<DrawnView> = {}, runs: readonly Run[] = RUNS) =>
  render(<Host view={{ ...BOTH, ...view }} runs={runs} />);
const lines = () => screen.getByRole('listbox', { name: /^Parallel coordinates of/ });
const points = () => screen.getByRole('listbox', { name: /^loss over lr/ });
const chosen = () => [...selection.marked].sort();
const spot = (clientX: number, clientY: number, keys = {}) => ({
  clientX,
  clientY,
  button: 0,
  ...keys
});
/** jsdom has no events of pointers: those of a mouse under their names. */
const pointer = (type: string, node: HTMLElement, place: MouseEventInit) =>
  fireEvent(node, new MouseEvent(type, { bubbles: true, ...place }));
const press = (node: HTMLElement, from: [number, number], to = from, keys = {}) => {
  pointer('pointerdown', node, spot(...from, keys));
  pointer('pointermove', node, spot(...to, keys));
  pointer('pointerup', node, spot(...to, keys));
};
// Of 600 by 260: axes at 64 and 536 from 34 to 234; the scatter from 64 to 582 and 14 to 220.
const POINTS: [number, number][] = [
  [64, 14],
  [193, 83],
  [323, 151]
];

beforeEach(() => {
  selection = NOTHING;
  pointed = new Pointed();
  told = { selections: [], views: [], opened: [] };
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('the plots of runs', () => {
  it('are those that the view names', () => {
    const { unmount } = show({ axes: [] });
    expect(screen.getAllByRole('listbox')).toHaveLength(1);
    unmount();
    show({ axes: [], y: '' });
    expect(screen.queryByRole('region', { name: 'Plots' })).toBeNull();
  });

  it('say how many of the runs are there', () => {
    show();
    screen.getByText('1 run has no place here');
    act(() => points().focus());
    expect(within(points()).getByRole('option').getAttribute('aria-setsize')).toBe('5');
  });

  it('offer any field as colour and axis, and keep one that nobody has any more', () => {
    show({ colour: 'params.gone' });
    const choose = (name: string, value: string) =>
      fireEvent.change(screen.getByRole('combobox', { name }), { target: { value } });
    expect(screen.getByRole<HTMLSelectElement>('combobox', { name: 'Colour' }).value).toBe(
      'params.gone'
    );
    choose('Colour', '');
    choose('Across', 'duration');
    choose('Upright', 'metrics.loss.best');
    choose('Another axis', 'state');
    expect(told.views).toEqual([
      { colour: '' },
      { x: 'duration' },
      { y: 'metrics.loss.best' },
      { axes: ['params.lr', 'metrics.loss', 'state'] }
    ]);
  });

  it('choose by a word of the legend, with Ctrl those besides', () => {
    show();
    fireEvent.click(screen.getByRole('button', { name: 'unet' }));
    expect(chosen()).toEqual(['r0', 'r1']);
    fireEvent.click(screen.getByRole('button', { name: 'fcn' }), { shiftKey: true });
    expect(chosen()).toHaveLength(5);
  });

  it('draw the chosen ones before the others', () => {
    const { container } = show({ axes: [] });
    fireEvent.click(screen.getByRole('button', { name: 'unet' }));
    const layers = [...container.querySelectorAll('canvas')].map(({ dataset }) => ({ ...dataset }));
    expect(layers).toEqual([{ count: '5', faint: 'true' }, { count: '2' }]);
  });
});

describe('the scatter', () => {
  it('chooses the point that is clicked, more with Ctrl, and none beside them', () => {
    show();
    press(points(), POINTS[1]);
    expect(chosen()).toEqual(['r1']);
    press(points(), POINTS[0], POINTS[0], { ctrlKey: true });
    expect(chosen()).toEqual(['r0', 'r1']);
    press(points(), POINTS[0], POINTS[0], { ctrlKey: true });
    expect(chosen()).toEqual(['r1']);
    press(points(), [300, 30], [300, 30], { ctrlKey: true });
    expect(chosen()).toEqual(['r1']);
    press(points(), [300, 30]);
    expect(chosen()).toEqual([]);
  });

  it('chooses what is in a box while it is drawn, and keeps it when it is done', () => {
    show();
    pointer('pointerdown', points(), spot(100, 40));
    pointer('pointermove', points(), spot(250, 120));
    expect(told.selections.at(-1)).toEqual([['r1'], false]);
    expect(document.querySelectorAll('.crispdm-RunPlot-brush')).toHaveLength(1);
    pointer('pointermove', points(), spot(340, 160));
    expect(told.selections.at(-1)).toEqual([['r1', 'r2'], false]);
    pointer('pointermove', points(), spot(250, 120));
    pointer('pointerup', points(), spot(250, 120));
    expect(told.selections.at(-1)).toEqual([['r1'], true]);
    expect(document.querySelectorAll('.crispdm-RunPlot-brush')).toHaveLength(0);
    press(points(), [30, 0], [100, 40], { shiftKey: true });
    expect(chosen()).toEqual(['r0', 'r1']);
  });

  it('keeps what a box caught where the pointer is taken away', () => {
    show();
    pointer('pointerdown', points(), spot(100, 40));
    pointer('pointermove', points(), spot(250, 120));
    pointer('pointercancel', points(), spot(250, 120));
    expect(told.selections.at(-1)).toEqual([['r1'], true]);
    pointer('pointermove', points(), spot(500, 200));
    expect(chosen()).toEqual(['r1']);
  });

  it('leaves other buttons alone', () => {
    show();
    pointer('pointerdown', points(), spot(...POINTS[1], { button: 2 }));
    pointer('pointerup', points(), spot(...POINTS[1], { button: 2 }));
    expect(told.selections).toEqual([]);
  });

  it('tells of the run that is pointed at, in each plot', () => {
    show();
    pointer('pointermove', points(), spot(...POINTS[2]));
    expect(pointed.id).toBe('r2');
    expect(within(points()).getByRole('option').textContent).toBe('run 2lr: 2loss: 2net: fcn');
    expect(within(lines()).getByRole('option').dataset.shown).toBe('true');
    fireEvent.pointerLeave(points());
    expect([pointed.id, within(lines()).getByRole('option').dataset.shown]).toEqual(['', 'false']);
  });

  it('opens a job by two clicks, and not what has no page', () => {
    show();
    fireEvent.doubleClick(points(), spot(...POINTS[1]));
    fireEvent.doubleClick(points(), spot(582, 220));
    fireEvent.doubleClick(points(), spot(300, 30));
    expect(told.opened).toEqual(['r1']);
  });

  it('moves, chooses and opens with keys', () => {
    show({ axes: [] });
    act(() => points().focus());
    expect(pointed.id).toBe('r0');
    const key = (name: string, keys = {}) => fireEvent.keyDown(points(), { key: name, ...keys });
    key('ArrowRight');
    expect(pointed.id).toBe('r1');
    key(' ');
    expect(chosen()).toEqual(['r1']);
    key('ArrowDown', { shiftKey: true });
    expect([pointed.id, chosen()]).toEqual(['r2', ['r1', 'r2']]);
    key('ArrowLeft');
    key('ArrowUp');
    expect(pointed.id).toBe('r0');
    key('End');
    expect(pointed.id).toBe('r3');
    key('Enter');
    key('Home');
    key('Enter');
    expect(told.opened).toEqual(['r0']);
    key('a', { ctrlKey: true });
    expect(chosen()).toHaveLength(5);
    key('Escape');
    expect(chosen()).toEqual([]);
    expect(key('x')).toBe(true);
    act(() => points().blur());
    expect(pointed.id).toBe('');
  });
});

describe('parallel coordinates', () => {
  const heads = () => screen.getByRole('group', { name: 'Axes' });
  const head = (name: string) => within(heads()).getByRole('button', { name });

  it('choose the line that is clicked', () => {
    show();
    press(lines(), [70, 234]);
    expect(chosen()).toEqual(['r0']);
    press(lines(), [300, 50]);
    expect(chosen()).toEqual([]);
  });

  it('choose what goes through all marked stretches', () => {
    show();
    press(lines(), [64, 234], [64, 130]);
    expect(chosen()).toEqual(['r0', 'r1', 'r2']);
    press(lines(), [536, 100], [536, 140]);
    expect(chosen()).toEqual(['r1']);
    expect(document.querySelectorAll('.crispdm-RunPlot-brush')).toHaveLength(2);
    press(lines(), [66, 60]);
    expect(document.querySelectorAll('.crispdm-RunPlot-brush')).toHaveLength(1);
  });

  it('find those without a value below the axis', () => {
    show();
    press(lines(), [536, 244], [536, 256]);
    expect(chosen()).toEqual(['r4']);
  });

  it('forget their stretches when something else is chosen elsewhere', () => {
    show();
    press(lines(), [64, 234], [64, 130]);
    fireEvent.click(screen.getByText('elsewhere'));
    expect(document.querySelectorAll('.crispdm-RunPlot-brush')).toHaveLength(0);
    expect(chosen()).toEqual(['r4']);
  });

  it('forget a stretch when the axis is another one', () => {
    const { rerender } = show();
    press(lines(), [64, 234], [64, 130]);
    const more = [...RUNS, aRun({ id: 'far', parameters: { lr: 1000 } })];
    rerender(<Host view={BOTH} runs={more} />);
    expect(document.querySelectorAll('.crispdm-RunPlot-brush')).toHaveLength(0);
    expect(chosen()).toEqual(['r0', 'r1', 'r2']);
  });

  it('move along an axis with keys, and mark a stretch with Shift', () => {
    show({ x: '' });
    act(() => lines().focus());
    const key = (name: string, keys = {}) => fireEvent.keyDown(lines(), { key: name, ...keys });
    key('End');
    expect(pointed.id).toBe('r4');
    key('Home');
    key('ArrowUp');
    key('ArrowUp', { shiftKey: true });
    key('ArrowUp', { shiftKey: true });
    expect(chosen()).toEqual(['r1', 'r2', 'r3']);
    key('ArrowRight');
    key('Home');
    expect(pointed.id).toBe('r3');
    key('ArrowUp', { shiftKey: true });
    expect(chosen()).toEqual(['r2', 'r3']);
  });

  it('turn, move and lose axes by their names', () => {
    show();
    fireEvent.click(head('lr'));
    expect(told.views.at(-1)).toEqual({ axes: ['-params.lr', 'metrics.loss'] });
    fireEvent.keyDown(head('lr, the least at the top'), { key: 'ArrowRight', shiftKey: true });
    expect(told.views.at(-1)).toEqual({ axes: ['metrics.loss', '-params.lr'] });
    pointer('pointerdown', head('loss'), spot(64, 10));
    pointer('pointerup', head('loss'), spot(500, 10));
    fireEvent.click(head('loss'), spot(500, 10, { detail: 1 }));
    expect(told.views.at(-1)).toEqual({ axes: ['-params.lr', 'metrics.loss'] });
    fireEvent.keyDown(head('loss'), { key: 'x' });
    fireEvent.keyDown(head('loss'), { key: 'Delete' });
    expect(told.views.at(-1)).toEqual({ axes: ['-params.lr'] });
    fireEvent.click(within(heads()).getByRole('button', { name: 'Take the axis “lr” away' }));
    expect(screen.queryByRole('listbox', { name: /^Parallel/ })).toBeNull();
  });
});

describe('many runs', () => {
  it('are drawn over some frames, and no more when nobody looks', () => {
    const waiting: (() => void)[] = [];
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 5));
    vi.stubGlobal('requestAnimationFrame', (call: () => void) => waiting.push(call));
    vi.spyOn(window, 'requestAnimationFrame').mockImplementation(call =>
      waiting.push(() => call(0))
    );
    vi.spyOn(window, 'cancelAnimationFrame').mockImplementation(frame => {
      waiting[frame - 1] = () => undefined;
    });
    const rows: number[] = [];
    const stop = drawn(
      Array.from({ length: 500 }, (_, at) => at),
      row => rows.push(row)
    );
    expect(rows.length).toBeLessThan(500);
    const first = waiting[0];
    waiting[0] = () => undefined;
    first();
    const some = rows.length;
    expect(some).toBeGreaterThan(50);
    expect(rows).toEqual(Array.from({ length: some }, (_, at) => at));
    stop();
    waiting.forEach(call => act(call));
    expect(rows).toHaveLength(some);
  });

  it('are drawn in one where they are few, however slow the page is', () => {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 1000));
    const rows: number[] = [];
    drawn([3, 4], row => rows.push(row))();
    expect(rows).toEqual([3, 4]);
  });
});
