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

const AXES = {
  x: { orientation: 'horizontal', side: 'bottom', grid_lines: 'none', label_offset: '32px' },
  y: { orientation: 'vertical', side: 'left', grid_lines: 'solid' }
};
const MARGIN = { top: 32, bottom: 44, left: 56, right: 16 };
const UNIT = { min: 0, max: 1, allow_padding: false };

type Versions = Readonly<Record<string, string>>;

/** A bqplot figure with one line a metric. It is made in the page, so it needs no kernel to grow. */
export class MetricFigure {
  private constructor(
    readonly model: WidgetModel,
    private readonly _lines: ReadonlyMap<string, WidgetModel>,
    private readonly _parts: readonly WidgetModel[]
  ) {}

  static async make(
    manager: IWidgetManager,
    versions: Versions,
    title: string,
    xLabel: string,
    names: readonly string[]
  ): Promise<MetricFigure> {
    const parts: WidgetModel[] = [];
    const make = async (library: string, name: string, state: object): Promise<WidgetModel> => {
      const model = await newModel(manager, library, versions[library], name, state);
      parts.push(model);
      return model;
    };
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
      make('bqplot', 'Axis', { ...AXES.x, scale: place(scales.x), label: xLabel }),
      make('bqplot', 'Axis', { ...AXES.y, scale: place(scales.y) })
    ]);
    const figure = await make('bqplot', 'Figure', {
      title,
      axes: axes.map(place),
      marks: lines.map(place),
      fig_margin: MARGIN,
      legend_location: 'top-right',
      legend_style: { 'stroke-width': 0 },
      title_style: { 'font-size': '14px', 'font-weight': '600' },
      scale_x: place(await make('bqscales', 'LinearScale', UNIT)),
      scale_y: place(await make('bqscales', 'LinearScale', UNIT))
    });
    const byName = new Map(names.map((name, index) => [name, lines[index]]));
    return new MetricFigure(figure, byName, parts);
  }

  /** Show curves; a line whose points did not change is left alone. */
  update(series: ReadonlyMap<string, ISeries>): void {
    this._lines.forEach((line, name) => {
      const curve = series.get(name);
      if (curve && curve !== this._drawn.get(name)) {
        this._drawn.set(name, curve);
        const [steps, values] = drawable(curve, 0, false);
        line.set({
          x: Float64Array.from(steps),
          y: Float64Array.from(values, value => value ?? NaN)
        });
      }
    });
  }

  dispose(): void {
    this._parts.forEach(part => void part.close(true));
  }

  private readonly _drawn = new Map<string, ISeries>();
}

function line(
  name: string,
  index: number,
  scales: Record<string, WidgetModel>,
  named: boolean
): object {
  return {
    scales: { x: place(scales.x), y: place(scales.y) },
    colors: [COLOURS[index % COLOURS.length]],
    stroke_width: 1.5,
    labels: [name],
    display_legend: named
  };
}

/** How the state of a model names another one. */
function place(model: WidgetModel): string {
  return `IPY_MODEL_${model.model_id}`;
}

/** A widget model that lives in the page only. Its state is complete when it is made: bqplot reads it at once. */
async function newModel(
  manager: IWidgetManager,
  library: string,
  version: string,
  name: string,
  state: object
): Promise<WidgetModel> {
  const home = {
    _model_module: library,
    _model_module_version: version,
    _view_module: library,
    _view_module_version: version
  };
  return await manager.new_model(
    {
      model_id: UUID.uuid4(),
      model_name: `${name}Model`,
      model_module: library,
      model_module_version: version,
      view_name: name,
      view_module: library,
      view_module_version: version
    },
    { ...home, _model_name: `${name}Model`, _view_name: name, ...state }
  );
}
