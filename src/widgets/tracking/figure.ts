import type { IWidgetManager, WidgetModel } from '@jupyter-widgets/base';
import { UUID } from '@lumino/coreutils';
import { own } from '../../api/own';
import type { IRows } from '../../components/curves/rows/reduced';
import type { Ends } from '../../components/curves/view';

/** How many colours the theme has for curves; those after them are drawn in another way. */
const COLOURS = 8;
const STYLES = ['solid', 'dashed', 'dotted', 'dash_dotted'] as const;

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
/** The share of a curve without height that is left free above and below it. */
const ROOM = 0.1;
const [FEWEST_DIGITS, MOST_DIGITS] = [4, 9];
const MARGIN = { top: 12, bottom: 44, left: 56, right: 16 };
const UNIT = { min: 0, max: 1, allow_padding: false };

export type Versions = Readonly<Record<string, string>>;

/** The colour of a curve, which follows the theme, and how its line is drawn. */
export function styleOf(index: number): { colour: string; style: (typeof STYLES)[number] } {
  const style = STYLES[Math.floor(index / COLOURS) % STYLES.length];
  return { colour: `var(--crispdm-series-${index % COLOURS})`, style };
}

/** How a figure is made. */
export interface IFigureLook {
  xLabel: string;
  logScale: boolean;
  names: readonly string[];
}

/** What one line of a figure shows. */
export interface IShownLine {
  rows: IRows;
  /** Another one when the rows are others than before: a line whose points did not change is left alone. */
  state: unknown;
}

/** A bqplot figure with one line a metric. It is made in the page, so it needs no kernel to grow. */
export class MetricFigure {
  private constructor(
    readonly model: WidgetModel,
    private readonly _plane: IPlane,
    private readonly _parts: readonly WidgetModel[]
  ) {}

  static async make(
    manager: IWidgetManager,
    versions: Versions,
    look: IFigureLook
  ): Promise<MetricFigure> {
    const parts: WidgetModel[] = [];
    const make = async (library: string, name: string, state: object): Promise<WidgetModel> => {
      const model = await newModel(manager, library, own(versions, library) ?? '', name, state);
      parts.push(model);
      return model;
    };
    try {
      const { figure, plane } = await makeParts(make, look);
      return new MetricFigure(figure, plane, parts);
    } catch (error) {
      parts.forEach(part => void part.close(true));
      throw error;
    }
  }

  /** Show a line for each name, in their order, between two places of the axis; null shows all. */
  update(shown: readonly IShownLine[], range: Ends | null = null): void {
    const { x, y, axis, lines } = this._plane;
    const height = heightOf(
      shown.map(({ rows }) => rows),
      range
    );
    x.set(range === null ? { min: null, max: null } : { min: range[0], max: range[1] });
    y.set(height.ends);
    axis.set({ tick_format: height.format });
    shown.forEach(({ rows, state }, at) => {
      if (this._states[at] !== state) {
        this._states[at] = state;
        // bqplot tells a change by comparing arrays: those that grow in place would always be the same.
        const marker = rows.x.length <= FEW_POINTS ? 'circle' : null;
        lines[at].set({ marker, x: rows.x.slice(), y: rows.y.slice() });
      }
    });
  }

  dispose(): void {
    this._parts.forEach(part => void part.close(true));
  }

  private readonly _states: unknown[] = [];
}

/** What of a figure changes while it is shown. */
interface IPlane {
  x: WidgetModel;
  y: WidgetModel;
  /** The upright one. */
  axis: WidgetModel;
  lines: readonly WidgetModel[];
}

type Make = (library: string, name: string, state: object) => Promise<WidgetModel>;

async function makeParts(
  make: Make,
  { xLabel, logScale, names }: IFigureLook
): Promise<{ figure: WidgetModel; plane: IPlane }> {
  const scales = {
    x: await make('bqscales', 'LinearScale', {}),
    y: await make('bqscales', logScale ? 'LogScale' : 'LinearScale', {})
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
  return { figure, plane: { ...scales, axis: axes[1], lines } };
}

interface IHeight {
  /** The ends of the scale; null where bqplot finds them itself, as it cannot when all is one value. */
  ends: { min: number | null; max: number | null };
  /** How ticks are written: with as many digits as tell one from the next. */
  format: string;
}

function heightOf(shown: readonly IRows[], range: Ends | null): IHeight {
  let [low, high] = [Infinity, -Infinity];
  for (const { x, y } of shown) {
    for (let row = 0; row < x.length; row++) {
      if (
        Number.isFinite(y[row]) &&
        (range === null || (x[row] >= range[0] && x[row] <= range[1]))
      ) {
        [low, high] = [Math.min(low, y[row]), Math.max(high, y[row])];
      }
    }
  }
  const size = Math.max(Math.abs(low), Math.abs(high));
  const room = low === high ? size * ROOM || 1 : 0;
  const digits = Math.ceil(Math.log10(size / (high - low + room))) + FEWEST_DIGITS - 1;
  const clamped = Math.min(MOST_DIGITS, Math.max(FEWEST_DIGITS, digits || 0));
  const isBound = room > 0 || (range !== null && low < high);
  const ends = isBound ? { min: low - room, max: high + room } : { min: null, max: null };
  return { ends, format: `.${clamped}~g` };
}

function line(name: string, index: number, scales: Record<string, WidgetModel>): object {
  const { colour, style } = styleOf(index);
  return {
    scales: { x: place(scales.x), y: place(scales.y) },
    marker_size: 24,
    colors: [colour],
    line_style: style,
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
