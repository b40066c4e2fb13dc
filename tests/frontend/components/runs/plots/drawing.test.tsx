import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import React from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Run } from '../../../../../src/api';
import { NOTHING } from '../../../../../src/components/basics/selection';
import { ParallelPlot } from '../../../../../src/components/runs/plots/parallel';
import { ScatterPlot } from '../../../../../src/components/runs/plots/scatter';
import { colouringOf } from '../../../../../src/components/runs/plots/colouring';
import { Pointed } from '../../../../../src/components/runs/plots/pointed';
import { nullTranslator } from '@jupyterlab/translation';
import { aRun, figures } from '../fakes';

const trans = nullTranslator.load('');

/** What was drawn on each canvas since it was last cleared, in words. */
class FakeContext {
  strokeStyle = '';
  fillStyle = '';
  lineWidth = 0;
  globalAlpha = 1;
  transform: number[] = [];
  path: string[] = [];
  drawn: string[] = [];
  setTransform(...transform: number[]): void {
    this.transform = transform;
    this.drawn = [];
  }
  beginPath(): void {
    this.path = [];
  }
  lineTo(x: number, y: number): void {
    this.path.push(`${Math.round(x)},${Math.round(y)}`);
  }
  arc(x: number, y: number, radius: number): void {
    this.path.push(`${Math.round(x)},${Math.round(y)} r${radius}`);
  }
  stroke(): void {
    this.drawn.push(`line ${this.path.join(' ')}`);
  }
  fill(): void {
    this.drawn.push(`point ${this.path.join(' ')}`);
  }
}

const contexts = new Map<HTMLCanvasElement, FakeContext>();
const drawnOn = (at: number): string[] =>
  [...(contexts.get(document.querySelectorAll('canvas')[at])?.drawn ?? [])].sort();

/** Three runs, the last without a loss. */
const RUNS = [
  [1, 2],
  [3, 4],
  [2, null]
].map(([lr, loss], at) =>
  aRun({
    id: `r${at}`,
    name: `run ${at}`,
    parameters: { lr },
    metrics: loss === null ? {} : { loss: figures(loss) }
  })
);

const common = (runs: readonly Run[], marked: string[] = []) => ({
  runs,
  colouring: colouringOf(trans, runs, ''),
  selection: { ...NOTHING, marked: new Set(marked) },
  pointed: new Pointed(),
  onSelection: vi.fn(),
  onOpen: vi.fn()
});
const points = (runs: readonly Run[], marked?: string[], axes = ['params.lr', 'metrics.loss']) => (
  <ScatterPlot {...common(runs, marked)} x={axes[0]} y={axes[1]} colour="" />
);
const AXES = ['params.lr', 'metrics.loss'];
const lines = (runs: readonly Run[], marked?: string[], axes: readonly string[] = AXES) => (
  <ParallelPlot {...common(runs, marked)} axes={axes} colour="" onAxes={vi.fn()} />
);

beforeEach(() => {
  contexts.clear();
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockImplementation(function (
    this: HTMLCanvasElement
  ) {
    const context = contexts.get(this) ?? new FakeContext();
    contexts.set(this, context);
    return context as never;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  delete document.body.dataset.jpThemeLight;
});

describe('a scatter on its canvas', () => {
  it('has a point where both values meet, and none for what has no value', () => {
    render(points(RUNS));
    expect(drawnOn(0)).toEqual(['point 582,14 r4', 'point 64,220 r4']);
    expect(drawnOn(1)).toEqual([]);
  });

  it('draws the chosen ones once more, over the others', () => {
    const { rerender } = render(points(RUNS));
    rerender(points(RUNS, ['r1', 'r2', 'gone']));
    expect(drawnOn(0)).toHaveLength(2);
    expect(drawnOn(1)).toEqual(['point 582,14 r4']);
  });

  it('stands the other way round on an axis that is turned', () => {
    render(points(RUNS, [], ['-params.lr', 'metrics.loss']));
    expect(drawnOn(0)).toEqual(['point 582,220 r4', 'point 64,14 r4']);
  });

  it('has smaller points where there are thousands', () => {
    const many = Array.from({ length: 2500 }, (_, at) =>
      aRun({ id: `m${at}`, parameters: { lr: at }, metrics: { loss: figures(at) } })
    );
    vi.spyOn(performance, 'now').mockReturnValue(0);
    render(points(many));
    expect(drawnOn(0)).toHaveLength(2500);
    expect(drawnOn(0)[0]).toMatch(/r2\.5$/);
  });

  it('has as many dots as the screen has, and room for a name', () => {
    vi.stubGlobal('devicePixelRatio', 2);
    render(points(RUNS));
    const canvas = document.querySelector('canvas')!;
    expect([canvas.width, canvas.height]).toEqual([1200, 520]);
    expect(contexts.get(canvas)?.transform).toEqual([2, 0, 0, 2, 0, 0]);
    vi.stubGlobal('devicePixelRatio', 1);
  });

  it('is drawn anew in another theme', async () => {
    render(points(RUNS));
    const context = contexts.get(document.querySelector('canvas')!)!;
    context.drawn = [];
    await act(async () => {
      document.body.dataset.jpThemeLight = 'false';
      await Promise.resolve();
    });
    await waitFor(() => expect(drawnOn(0)).toHaveLength(2));
  });

  it('says the marks of its axes and their names', () => {
    render(points(RUNS));
    const texts = [...document.querySelectorAll('svg text')].map(node => node.textContent);
    expect(texts).toEqual(expect.arrayContaining(['1', '2', '3', '4', 'lr', 'loss']));
  });

  it('cuts long words beside an axis', () => {
    const runs = ['short', 'a word that has no room'].map((lr, at) =>
      aRun({ id: `w${at}`, parameters: { lr }, metrics: { loss: figures(at) } })
    );
    render(points(runs));
    const texts = [...document.querySelectorAll('svg text')].map(node => node.textContent);
    expect(texts).toContain('a word t…');
    expect(texts).toContain('short');
  });

  it('has nothing to draw of no runs, and keys lead nowhere', () => {
    render(points([]));
    const list = screen.getByRole('listbox');
    expect([drawnOn(0), screen.queryByRole('option')]).toEqual([[], null]);
    act(() => list.focus());
    for (const key of ['ArrowUp', 'End', ' ', 'Enter']) {
      fireEvent.keyDown(list, { key });
    }
    expect(screen.queryByRole('option')).toBeNull();
  });

  it('has nothing to draw where no run has both values', () => {
    render(points(RUNS, [], ['params.lr', 'metrics.gone']));
    expect(drawnOn(0)).toEqual([]);
    screen.getByText('3 runs have no place here');
    const list = screen.getByRole('listbox');
    act(() => list.focus());
    fireEvent.keyDown(list, { key: 'ArrowRight' });
    expect(screen.getByRole('option').textContent).toContain('run 0');
  });
});

describe('parallel coordinates on their canvas', () => {
  it('have a line for each run, which goes below the axis where there is no value', () => {
    render(lines(RUNS));
    expect(drawnOn(0)).toEqual(['line 64,134 536,248', 'line 64,234 536,234', 'line 64,34 536,34']);
    const texts = [...document.querySelectorAll('svg text')].map(node => node.textContent);
    expect(texts.filter(text => text === 'none')).toHaveLength(1);
  });

  it('draw only the chosen ones when the choice changes', () => {
    const props = common(RUNS);
    const shown = (marked: string[]) => (
      <ParallelPlot
        {...props}
        selection={{ ...NOTHING, marked: new Set(marked) }}
        axes={AXES}
        colour=""
        onAxes={vi.fn()}
      />
    );
    const { rerender } = render(shown([]));
    const all = contexts.get(document.querySelector('canvas')!)!;
    all.drawn = ['as it was'];
    rerender(shown(['r1']));
    expect([all.drawn, drawnOn(1)]).toEqual([['as it was'], ['line 64,34 536,34']]);
    expect(document.querySelector<HTMLElement>('canvas')?.dataset.faint).toBe('true');
    rerender(shown([]));
    expect([all.drawn, drawnOn(1)]).toEqual([['as it was'], []]);
    expect(document.querySelector<HTMLElement>('canvas')?.dataset.faint).toBeUndefined();
  });

  it('turn an axis whose name has a minus', () => {
    render(lines(RUNS, [], ['-params.lr', 'metrics.loss']));
    expect(drawnOn(0)).toContain('line 64,34 536,234');
    screen.getByRole('button', { name: 'lr, the least at the top' });
  });

  it('keep what they have when an axis is added, and draw the line through it', () => {
    const { rerender } = render(lines(RUNS));
    rerender(lines(RUNS, [], [...AXES, 'state']));
    expect(drawnOn(0)).toContain('line 64,34 300,34 536,134');
  });

  it('show the line that is pointed at, with all that it says', () => {
    const props = common(RUNS);
    render(<ParallelPlot {...props} axes={AXES} colour="state" onAxes={vi.fn()} />);
    expect(document.querySelector('polyline')).toBeNull();
    act(() => props.pointed.point('r2'));
    expect(document.querySelector('polyline')?.getAttribute('points')).toBe('64,134 536,248');
    expect(screen.getByRole('option').textContent).toBe('run 2lr: 2loss: no valueState: Succeeded');
    act(() => props.pointed.point('not here'));
    expect(document.querySelector('polyline')).toBeNull();
  });

  it('shows what has HTML in its name as it is written', () => {
    const runs = [aRun({ id: 'x', name: '<img src=x onerror=alert(1)>', parameters: { lr: 1 } })];
    const props = common(runs);
    const { container } = render(
      <ParallelPlot {...props} axes={['params.lr', 'params.<b>']} colour="" onAxes={vi.fn()} />
    );
    act(() => props.pointed.point('x'));
    expect(container.querySelectorAll('img, b')).toHaveLength(0);
    expect(screen.getByRole('option').textContent).toContain('<img src=x onerror=alert(1)>');
    screen.getByRole('button', { name: '<b>' });
  });
});
