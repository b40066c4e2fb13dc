import type { DOMWidgetView } from '@jupyter-widgets/base';
import { Panel, Widget } from '@lumino/widgets';
import { formatValue } from '../../components/basics/format';
import type { ISeries } from '../../tokens/metrics';
import type { MetricFigure } from './figure';
import { styleOf } from './figure';

/** What a panel is made of. */
export interface IFigurePanelOptions {
  title: string;
  names: readonly string[];
  height: number;
  figure: MetricFigure;
  view: DOMWidgetView;
}

/** One figure under its name, with its legend beside it. */
export class FigurePanel extends Panel {
  constructor(private readonly _options: IFigurePanelOptions) {
    super();
    const { title, names, height, view } = _options;
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

  /** Show curves, and tell the newest value of each in the legend. */
  draw(series: ReadonlyMap<string, ISeries>): void {
    this._options.figure.update(series);
    this._legend.forEach(({ value }, index) => {
      const last = series.get(this._options.names[index])?.value.at(-1);
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

  private readonly _legend: readonly IEntry[];
}

interface IEntry {
  row: HTMLElement;
  value: HTMLElement;
}

function entry(name: string, index: number): IEntry {
  const row = element('li', 'crispdm-Legend-entry');
  const { colour, isDashed } = styleOf(index);
  const line = element('span', 'crispdm-Legend-line');
  line.style.borderTop = `2px ${isDashed ? 'dashed' : 'solid'} ${colour}`;
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
