import type { IWidgetManager, WidgetModel } from '@jupyter-widgets/base';
import { UUID } from '@lumino/coreutils';
import { own } from '../../api/own';
import type { IRows } from '../../components/curves/reduced';
import { ReducedCurve } from '../../components/curves/reduced';
import type { ISeries } from '../../tokens/metrics';

/** How many colours the theme has for curves; those after them are dashed. */
const COLOURS = 8;

const AXES = {
  x: {
    orientation: 'horizontal',
    side: 'bottom',
    grid_lines: 'none',
    label_offset: '32px',
    tick_format: '~s'
  },
  y: { orientation: 'vertical', side: 'left', grid_lines: 'solid' }
};
/** So few points are drawn as points too: a single one has no line. */
const FEW_POINTS = 12;
/** No figure is wider on the page: more points than two a column cannot be seen. */
const COLUMNS = 1000;
const AS_IT_IS = { smoothing: 0, logScale: false };
/** The share of a curve without height that is left free above and below it. */
const ROOM = 0.1;
const [FEWEST_DIGITS, MOST_DIGITS] = [4, 9];
const MARGIN = { top: 12, bottom: 44, left: 56, right: 16 };
const UNIT = { min: 0, max: 1, allow_padding: false };

export type Versions = Readonly<Record<string, string>>;

/** The colour of a curve, which follows the theme, and whether it is dashed. */
export function styleOf(index: number): { colour: string; isDashed: boolean } {
  return { colour: `var(--crispdm-series-${index % COLOURS})`, isDashed: index >= COLOURS };
}

/** A bqplot figure with one line a metric. It is made in the page, so it needs no kernel to grow. */
export class MetricFigure {
  private constructor(
    readonly model: WidgetModel,
    private readonly _height: { scale: WidgetModel; axis: WidgetModel },
    private readonly _lines: ReadonlyMap<string, WidgetModel>,
    private readonly _parts: readonly WidgetModel[]
  ) {}

  static async make(
    manager: IWidgetManager,
    versions: Versions,
    xLabel: string,
    names: readonly string[]
  ): Promise<MetricFigure> {
    const parts: WidgetModel[] = [];
    const make = async (library: string, name: string, state: object): Promise<WidgetModel> => {
      const model = await newModel(manager, library, own(versions, library) ?? '', name, state);
      parts.push(model);
      return model;
    };
    try {
      const { figure, height, lines } = await makeParts(make, xLabel, names);
      return new MetricFigure(figure, height, lines, parts);
    } catch (error) {
      parts.forEach(part => void part.close(true));
      throw error;
    }
  }

  /** Show curves; a line whose points did not change is left alone. */
  update(series: ReadonlyMap<string, ISeries>): void {
    const shown = [...this._lines.keys()].flatMap(name => series.get(name) ?? []);
    const height = heightOf(shown);
    this._height.scale.set(height.ends);
    this._height.axis.set({ tick_format: height.format });
    this._lines.forEach((line, name) => {
      const curve = series.get(name);
      if (curve && this._isNews(name, curve)) {
        const { x, y } = this._rows(name, curve);
        // bqplot tells a change by comparing arrays: those that grow in place would always be the same.
        line.set({ marker: x.length <= FEW_POINTS ? 'circle' : null, x: x.slice(), y: y.slice() });
      }
    });
  }

  dispose(): void {
    this._parts.forEach(part => void part.close(true));
  }

  private _isNews(name: string, curve: ISeries): boolean {
    const drawn = this._drawn.get(name);
    return drawn?.reduced.series !== curve || drawn.version !== curve.version;
  }

  private _rows(name: string, curve: ISeries): IRows {
    const before = this._drawn.get(name)?.reduced;
    const reduced = before?.series === curve ? before : new ReducedCurve(curve, AS_IT_IS);
    this._drawn.set(name, { reduced, version: curve.version });
    return reduced.rows(COLUMNS);
  }

  private readonly _drawn = new Map<string, { reduced: ReducedCurve; version: number }>();
}

type Make = (library: string, name: string, state: object) => Promise<WidgetModel>;

async function makeParts(
  make: Make,
  xLabel: string,
  names: readonly string[]
): Promise<{
  figure: WidgetModel;
  height: { scale: WidgetModel; axis: WidgetModel };
  lines: ReadonlyMap<string, WidgetModel>;
}> {
  const scales = {
    x: await make('bqscales', 'LinearScale', {}),
    y: await make('bqscales', 'LinearScale', {})
  };
  const lines = await Promise.all(
    names.map((name, index) => make('bqplot', 'Lines', line(name, index, scales)))
  );
  const axes = await Promise.all([
    make('bqplot', 'Axis', { ...AXES.x, scale: place(scales.x), label: xLabel }),
    make('bqplot', 'Axis', { ...AXES.y, scale: place(scales.y), tick_format: '.4~g' })
  ]);
  const figure = await make('bqplot', 'Figure', {
    title: '',
    axes: axes.map(place),
    marks: lines.map(place),
    fig_margin: MARGIN,
    display_toolbar: false,
    scale_x: place(await make('bqscales', 'LinearScale', UNIT)),
    scale_y: place(await make('bqscales', 'LinearScale', UNIT))
  });
  const byName = new Map(names.map((name, index) => [name, lines[index]]));
  return { figure, height: { scale: scales.y, axis: axes[1] }, lines: byName };
}

interface IHeight {
  /** The ends of the scale; null where bqplot finds them itself, as it cannot when all is one value. */
  ends: { min: number | null; max: number | null };
  /** How ticks are written: with as many digits as tell one from the next. */
  format: string;
}

function heightOf(curves: readonly ISeries[]): IHeight {
  let [low, high] = [Infinity, -Infinity];
  for (const curve of curves.filter(one => !Number.isNaN(one.low))) {
    [low, high] = [Math.min(low, curve.low), Math.max(high, curve.high)];
  }
  const size = Math.max(Math.abs(low), Math.abs(high));
  const room = low === high ? size * ROOM || 1 : 0;
  const digits = Math.ceil(Math.log10(size / (high - low + room))) + FEWEST_DIGITS - 1;
  const clamped = Math.min(MOST_DIGITS, Math.max(FEWEST_DIGITS, digits || 0));
  const ends = room > 0 ? { min: low - room, max: high + room } : { min: null, max: null };
  return { ends, format: `.${clamped}~g` };
}

function line(name: string, index: number, scales: Record<string, WidgetModel>): object {
  const { colour, isDashed } = styleOf(index);
  return {
    scales: { x: place(scales.x), y: place(scales.y) },
    marker_size: 24,
    colors: [colour],
    line_style: isDashed ? 'dashed' : 'solid',
    stroke_width: 1.5,
    labels: [name],
    display_legend: false
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
