import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useRef } from 'react';
import { messageOf } from '../../api';
import type { ISeries } from '../../tokens/metrics';
import { useTrans } from '../basics/context';
import type { IChoice } from '../basics/browser/popup';
import { openMenu } from '../basics/browser/popup';
import { saveAs } from '../basics/browser/saveas';
import { csvOf } from './export/csv';
import type { IPicture } from './export/picture';
import { pngOf } from './export/picture';
import { svgOf } from './export/svg';
import { colourOf } from './options';
import type { Plot } from './plot';
import type { AxisKind } from './view';

/** What can be done with a chart beside looking at it. */
export interface IChartActions {
  isPinned?: boolean;
  /** Put it before the others, or back into its place. */
  onPin?: () => void;
  /** Open it in a tab of its own. */
  onOpen?: () => void;
  /** It is dragged away: to where a tab of its own shall be. */
  onDrag?: (event: React.PointerEvent<HTMLElement>) => void;
  /** Every point of the curves that are drawn. */
  whole?: () => Promise<ReadonlyMap<string, ISeries>>;
  /** Something did not work, in words. */
  onTrouble?: (message: string) => void;
}

/** What a chart says of itself when it is saved. */
export interface IDrawnChart {
  title: string;
  names: readonly string[];
  series: ReadonlyMap<string, ISeries>;
  axis: AxisKind;
  xLabel: string;
  logScale: boolean;
  hasShadows: boolean;
}

/** The button of a chart that opens what can be done with it. */
export function ChartTools(props: {
  chart: IDrawnChart;
  plot: React.RefObject<Plot | null>;
  actions: IChartActions;
}): React.JSX.Element {
  const { chart, plot, actions } = props;
  const trans = useTrans();
  const button = useRef<HTMLButtonElement>(null);
  return (
    <button
      className="crispdm-MenuButton"
      ref={button}
      aria-haspopup="menu"
      aria-label={trans.__('%1: pin, open, save', chart.title)}
      title={trans.__('Pin, open, save')}
      onClick={() => {
        if (button.current) {
          openMenu(button.current, choices(trans, chart, plot.current, actions));
        }
      }}
    >
      ⋯
    </button>
  );
}

function choices(
  trans: TranslationBundle,
  chart: IDrawnChart,
  plot: Plot | null,
  actions: IChartActions
): IChoice[] {
  const { isPinned, onPin, onOpen, whole, onTrouble } = actions;
  const save = (kind: string, make: () => Promise<Blob>) => (): void => {
    make()
      .then(content => saveAs(content, `${chart.title}.${kind}`))
      .catch((reason: unknown) => onTrouble?.(messageOf(reason)));
  };
  const csv = async (): Promise<Blob> => {
    const curves = whole ? await whole() : chart.series;
    const named = chart.names.flatMap(name => {
      const found = curves.get(name);
      return found ? [[name, found] as const] : [];
    });
    return new Blob([csvOf(named)], { type: 'text/csv' });
  };
  return [
    ...(onPin ? [{ label: trans.__('Pin to the top'), isToggled: isPinned, execute: onPin }] : []),
    ...(onOpen ? [{ label: trans.__('Open in a tab of its own'), execute: onOpen }] : []),
    ...(plot
      ? [
          {
            label: trans.__('Save as PNG'),
            execute: save('png', () => pngOf(plot.canvas, pictureOf(chart, plot.canvas)))
          },
          { label: trans.__('Save as SVG'), execute: save('svg', () => svg(chart, plot)) }
        ]
      : []),
    { label: trans.__('Save every point as CSV'), execute: save('csv', csv) }
  ];
}

function svg(chart: IDrawnChart, plot: Plot): Promise<Blob> {
  const { axis, xLabel, logScale, hasShadows, names } = chart;
  const plane = {
    ...plot.drawn,
    axis,
    xLabel,
    logScale,
    width: Math.max(480, plot.width),
    height: 280,
    shadows: hasShadows ? names.length : 0
  };
  const text = svgOf(plane, pictureOf(chart, plot.canvas));
  return Promise.resolve(new Blob([text], { type: 'image/svg+xml' }));
}

/** The colours as the theme has them now. */
function pictureOf({ title, names }: IDrawnChart, node: HTMLElement): IPicture {
  const style = getComputedStyle(node);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  return {
    title,
    entries: names.map((name, at) => ({ name, at, colour: colour(colourOf(at)) })),
    text: colour('--crispdm-chart-text'),
    background: colour('--crispdm-surface')
  };
}
