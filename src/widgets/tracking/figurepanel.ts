import type { DOMWidgetView } from '@jupyter-widgets/base';
import { Panel, Widget } from '@lumino/widgets';
import { formatValue } from '../../components/basics/format';
import { Lines } from '../../components/curves/lines';
import type { Closer } from '../../components/curves/usecloser';
import { askCloser } from '../../components/curves/usecloser';
import type { ICurvesView, IRange } from '../../components/curves/view';
import type { IChartOfRuns } from './charts';
import type { MetricFigure } from './figure';
import { styleOf } from './figure';

/** No figure is wider on the page: more points than two a column cannot be seen. */
const COLUMNS = 1000;

/** What a panel is made of. */
export interface IFigurePanelOptions {
  chart: IChartOfRuns;
  height: number;
  figure: MetricFigure;
  view: DOMWidgetView;
}

/** One figure under its name, with its legend beside it. */
export class FigurePanel extends Panel {
  constructor(
    private readonly _options: IFigurePanelOptions,
    look: ICurvesView
  ) {
    super();
    const { chart, height, view } = _options;
    const { title, names, series, runOf } = chart;
    const { axis, logScale, smoothing } = look;
    this._lines = new Lines(
      { names, axis, logScale, hasShadows: false, runOf },
      series(),
      smoothing
    );
    this._smoothing = smoothing;
    this.addClass('crispdm-TrainingPlot-figure');
    this.node.setAttribute('role', 'figure');
    this.node.setAttribute('aria-label', title);
    const caption = text('div', title, 'crispdm-TrainingPlot-title');
    view.luminoWidget.node.style.height = `${height}px`;
    this._legend = names.map((name, index) => entry(name, index));
    const list = element('ul', 'crispdm-Legend');
    list.append(...this._legend.map(({ row }) => row));
    this.addWidget(new Widget({ node: caption }));
    this.addWidget(view.luminoWidget);
    this.addWidget(new Widget({ node: list }));
  }

  /** Show the curves as they are now, and tell the newest value of each in the legend. */
  draw({ smoothing, range }: ICurvesView): void {
    const { chart, figure } = this._options;
    const series = chart.series();
    if (smoothing !== this._smoothing) {
      this._smoothing = smoothing;
      this._lines.smooth(smoothing);
      this._changes++;
    }
    this._look(range);
    this._lines.show(series);
    const rows = this._lines.rows(COLUMNS, range);
    const shown = rows.map((one, at) => {
      const { of, version } = this._lines.drawn[at];
      return { rows: one, state: `${idOf(of)} ${version} ${this._changes}` };
    });
    figure.update(shown, this._lines.zoom);
    this._legend.forEach(({ value }, index) => {
      const last = series.get(chart.names[index])?.value.at(-1);
      value.textContent = last === undefined ? '' : formatValue(last);
    });
  }

  override dispose(): void {
    if (!this.isDisposed) {
      super.dispose();
      this._options.view.remove();
      this._options.figure.dispose();
    }
  }

  /** Have points of a range come from the server where they were thinned on their way here. */
  private _look(range: IRange | null): void {
    if (range === this._range) {
      return;
    }
    this._range = range;
    this._changes++;
    this._take(new Map());
    if (range !== null && !range.isLive) {
      const { chart } = this._options;
      const drawer = { width: COLUMNS, axisOf: (name: string) => this._lines.axisOf(name) };
      const ask: Closer = window => chart.closer(window);
      void askCloser(drawer, chart.names, chart.series(), { ...range, ask }).then(found => {
        if (this._range === range && !this.isDisposed && found.size > 0) {
          this._take(found);
          chart.changed();
        }
      });
    }
  }

  private _take(found: Parameters<Lines['closer']>[0]): void {
    this._lines.closer(found);
    this._changes++;
  }

  private readonly _lines: Lines;
  private readonly _legend: readonly IEntry[];
  private _smoothing: number;
  private _range: IRange | null = null;
  /** Grows when all lines are others than before. */
  private _changes = 0;
}

const ids = new WeakMap<object, number>();
let count = 0;

/** A number that tells one object from another. */
function idOf(thing: object): number {
  const id = ids.get(thing) ?? ++count;
  ids.set(thing, id);
  return id;
}

interface IEntry {
  row: HTMLElement;
  value: HTMLElement;
}

function entry(name: string, index: number): IEntry {
  const row = element('li', 'crispdm-Legend-entry');
  const { colour, style } = styleOf(index);
  const line = element('span', 'crispdm-Legend-line');
  line.style.borderTop = `2px ${style === 'dash_dotted' ? 'dashed' : style} ${colour}`;
  const value = element('span', 'crispdm-Legend-value');
  row.append(line, text('span', name, 'crispdm-Legend-name'), value);
  return { row, value };
}

function text(tag: string, content: string, className = ''): HTMLElement {
  const made = element(tag, className);
  made.textContent = content;
  made.title = content;
  return made;
}

function element(tag: string, className: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  return made;
}
