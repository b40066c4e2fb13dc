import type { IWidgetManager, WidgetModel } from '@jupyter-widgets/base';
import { describe, expect, it, vi } from 'vitest';
import { MetricFigure } from '../../../../src/widgets/tracking/figure';
import type { IShownLine } from '../../../../src/widgets/tracking/figure';

class FakeModel {
  constructor(
    readonly options: { model_name: string; model_module_version: string },
    readonly values: Record<string, unknown>
  ) {}
  readonly set = vi.fn((values: object) => Object.assign(this.values, values));
  readonly close = vi.fn(() => Promise.resolve());
}

async function aFigure(
  names: string[],
  logScale = false
): Promise<{ figure: MetricFigure; made: FakeModel[] }> {
  const made: FakeModel[] = [];
  const manager = {
    new_model: (options: FakeModel['options'], state: Record<string, unknown>) => {
      const model = new FakeModel(options, { ...state });
      made.push(model);
      return Promise.resolve(model as unknown as WidgetModel);
    }
  } as unknown as IWidgetManager;
  const versions = { bqplot: '^0.6', bqscales: '^0.3' };
  const look = { xLabel: 'step', names, logScale };
  return { figure: await MetricFigure.make(manager, versions, look), made };
}

let states = 0;
/** A line with these values at steps from zero. */
const line = (value: number[], state: unknown = ++states): IShownLine => ({
  rows: { x: Float64Array.from(value.keys()), y: Float64Array.from(value) },
  state
});

describe('MetricFigure', () => {
  it('has a line for each metric, of the versions that are installed', async () => {
    const { made } = await aFigure(['train/loss', 'val/loss']);
    const lines = made.filter(model => model.options.model_name === 'LinesModel');
    expect(lines.map(line => line.values.labels)).toEqual([['train/loss'], ['val/loss']]);
    expect(lines[0].options.model_module_version).toBe('^0.6');
  });

  // proves: widgets.training-plot
  it('draws what is new and leaves the other lines alone', async () => {
    const { figure, made } = await aFigure(['a', 'b']);
    const [a, b] = made.filter(model => model.options.model_name === 'LinesModel');
    const show = (...values: number[]): void => figure.update([line(values), line([3], 'still')]);
    show(1, 2);
    expect([...(a.values.y as Float64Array)]).toEqual([1, 2]);
    const drawn = b.set.mock.calls.length;
    show(1, 2, NaN, 4);
    expect([...(a.values.y as Float64Array)]).toEqual([1, 2, NaN, 4]);
    expect(b.set.mock.calls.length).toBe(drawn);
  });

  it('takes its colours from the theme, and dashes those that come a second time', async () => {
    const { made } = await aFigure(Array.from({ length: 9 }, (_, index) => `iou/${index}`));
    const lines = made.filter(model => model.options.model_name === 'LinesModel');
    expect(lines[0].values.colors).toEqual(['var(--crispdm-series-0)']);
    expect([lines[7], lines[8]].map(line => line.values.line_style)).toEqual(['solid', 'dashed']);
  });

  it.each([
    ['one value', [1e-4, 1e-4], { min: 0.9e-4, max: 1.1e-4 }, '.4~g'],
    ['zero', [0], { min: -1, max: 1 }, '.4~g'],
    ['several', [1, 2], { min: null, max: null }, '.4~g'],
    ['none that is a number', [NaN, Infinity], { min: null, max: null }, '.4~g'],
    ['a small change far from zero', [1e6, 1e6 + 1], { min: null, max: null }, '.9~g']
  ])('has a scale that bqplot can draw for %s', async (_, values, ends, format) => {
    const { figure, made } = await aFigure(['a']);
    figure.update([line(values)]);
    const [, scale] = made.filter(model => model.options.model_name === 'LinearScaleModel');
    const [, axis] = made.filter(model => model.options.model_name === 'AxisModel');
    expect(scale.values.min).toEqual(ends.min === null ? null : expect.closeTo(ends.min, 9));
    expect(scale.values.max).toEqual(ends.max === null ? null : expect.closeTo(ends.max, 9));
    expect(axis.values.tick_format).toBe(format);
  });

  it('shows a part of the axis, as high as what is there', async () => {
    const { figure, made } = await aFigure(['a']);
    const [x, y] = made.filter(model => model.options.model_name === 'LinearScaleModel');
    figure.update([line([100, 1, 2, 3, 100])], [1, 3]);
    expect([x.values.min, x.values.max, y.values.min, y.values.max]).toEqual([1, 3, 1, 3]);
    figure.update([line([100, 1, 2, 3, 100])]);
    expect([x.values.min, x.values.max, y.values.min, y.values.max]).toEqual(Array(4).fill(null));
  });

  it('has a logarithmic scale where that is wanted', async () => {
    const { made } = await aFigure(['a'], true);
    expect(made.map(({ options }) => options.model_name)).toContain('LogScaleModel');
  });

  it('leaves no model behind when it cannot be made', async () => {
    const made: FakeModel[] = [];
    const manager = {
      new_model: (options: FakeModel['options']) => {
        if (options.model_name === 'FigureModel') {
          return Promise.reject(new Error('no bqplot'));
        }
        made.push(new FakeModel(options, {}));
        return Promise.resolve(made.at(-1) as unknown as WidgetModel);
      }
    } as unknown as IWidgetManager;
    await expect(
      MetricFigure.make(manager, {}, { xLabel: 'step', names: ['a'], logScale: false })
    ).rejects.toThrow('no bqplot');
    made.forEach(model => expect(model.close).toHaveBeenCalledWith(true));
  });

  it('closes all its models without telling a kernel', async () => {
    const { figure, made } = await aFigure(['a']);
    figure.dispose();
    expect(made.length).toBeGreaterThan(5);
    made.forEach(model => expect(model.close).toHaveBeenCalledWith(true));
  });
});
