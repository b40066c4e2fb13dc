import type { IWidgetManager, WidgetModel } from '@jupyter-widgets/base';
import { UUID } from '@lumino/coreutils';
import { drawable } from '../components/groups';
import type { ISeries } from '../tokens';

const COLOURS = [
  '#1976d2',
  '#ef6c00',
  '#2e7d32',
  '#8e24aa',
  '#d32f2f',
  '#0097a7',
  '#d81b60',
  '#757575',
  '#5d4037',
  '#afb42b',
  '#3949ab',
  '#00897b'
];

type Versions = Readonly<Record<string, string>>;

/** A bqplot figure with one line a metric. It is made in the page, so it needs no kernel to grow. */
export class MetricFigure {
  private constructor(
    readonly model: WidgetModel,
    private readonly _lines: ReadonlyMap<string, WidgetModel>
  ) {}

  static async make(
    manager: IWidgetManager,
    versions: Versions,
    title: string,
    xLabel: string,
    names: readonly string[]
  ): Promise<MetricFigure> {
    const make = (library: string, name: string, state: object): Promise<WidgetModel> =>
      newModel(manager, library, versions[library], name, state);
    const scales = {
      x: await make('bqscales', 'LinearScale', {}),
      y: await make('bqscales', 'LinearScale', {})
    };
    const lines = await Promise.all(
      names.map((name, index) =>
        make('bqplot', 'Lines', line(name, index, scales, names.length > 1))
      )
    );
    const axes = await Promise.all([
      make('bqplot', 'Axis', { scale: scales.x, label: xLabel, grid_lines: 'none' }),
      make('bqplot', 'Axis', { scale: scales.y, orientation: 'vertical', grid_lines: 'solid' })
    ]);
    const margin = { top: 40, bottom: 40, left: 60, right: 20 };
    const figure = await make('bqplot', 'Figure', {
      title,
      axes,
      marks: lines,
      fig_margin: margin,
      legend_location: 'top-right',
      scale_x: await make('bqscales', 'LinearScale', { min: 0, max: 1, allow_padding: false }),
      scale_y: await make('bqscales', 'LinearScale', { min: 0, max: 1, allow_padding: false })
    });
    return new MetricFigure(figure, new Map(names.map((name, index) => [name, lines[index]])));
  }

  /** Show curves; a line whose points did not change is left alone. */
  update(series: ReadonlyMap<string, ISeries>): void {
    this._lines.forEach((line, name) => {
      const curve = series.get(name);
      if (curve && curve.step.length !== this._drawn.get(name)) {
        this._drawn.set(name, curve.step.length);
        const [steps, values] = drawable(curve, 0, false);
        line.set({
          x: Float64Array.from(steps),
          y: Float64Array.from(values, value => value ?? NaN)
        });
      }
    });
  }

  dispose(): void {
    this.model.close(true).catch(() => undefined);
  }

  private readonly _drawn = new Map<string, number>();
}

function line(
  name: string,
  index: number,
  scales: Record<string, WidgetModel>,
  named: boolean
): object {
  return {
    scales,
    x: new Float64Array(),
    y: new Float64Array(),
    colors: [COLOURS[index % COLOURS.length]],
    stroke_width: 1.5,
    labels: [name],
    display_legend: named
  };
}

/** A widget model that lives in the page only. */
async function newModel(
  manager: IWidgetManager,
  library: string,
  version: string,
  name: string,
  state: object
): Promise<WidgetModel> {
  const place = {
    _model_module: library,
    _model_module_version: version,
    _view_module: library,
    _view_module_version: version
  };
  const model = await manager.new_model(
    {
      model_id: UUID.uuid4(),
      model_name: `${name}Model`,
      model_module: library,
      model_module_version: version,
      view_name: name,
      view_module: library,
      view_module_version: version
    },
    { ...place, _model_name: `${name}Model`, _view_name: name }
  );
  model.set(state);
  return model;
}
