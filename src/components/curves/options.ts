import type uPlot from 'uplot';
import { formatDuration, formatValue } from '../basics/format';
import type { ILooked } from './gestures';
import { followWheel, gestures, takeSelection } from './gestures';
import type { AxisKind } from './view';

const COLOURS = 8;
/** Beyond the colours there are, curves differ in how they are dashed. */
const DASHES = [undefined, [6, 4], [2, 3], [10, 3, 2, 3], [4, 2], [1, 4], [12, 4]];
/** A thicker line is drawn as an area, which costs ten times as much where no graphics card helps. */
const WIDTH = 1;
/** How visible the values as they are stand behind smoothed ones, and curves behind one that is pointed at. */
const [SHADOW, BEHIND] = [0.3, 0.25];
/** A curve that is so near to the mouse, in pixels, is the one that is meant. */
const NEAR = 16;
/** Seconds between ticks of a duration. */
const SPANS = [
  0.001, 0.01, 0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400,
  21_600, 43_200, 86_400, 172_800, 604_800
];

/** How the curves of a plot look. */
export interface ILook {
  names: readonly string[];
  xLabel: string;
  axis: AxisKind;
  logScale: boolean;
  hasShadows: boolean;
  /** Whether it is a small one among many: without a legend, with little beside it. */
  isSmall: boolean;
  /** Whether its own legend tells the values. */
  hasLegend: boolean;
  width: number;
  height: number;
}

/** The colour of a curve by its place, as a custom property of the theme. */
export function colourOf(index: number): string {
  return `--crispdm-series-${index % COLOURS}`;
}

/** How the curve at a place is dashed; undefined where it is not. */
export function dashOf(index: number): number[] | undefined {
  return DASHES[Math.floor(index / COLOURS) % DASHES.length];
}

/** The options of uPlot. */
export function optionsOf(
  node: HTMLElement,
  look: ILook,
  looked: ILooked,
  hooks: uPlot.Hooks.Arrays
): uPlot.Options {
  const style = getComputedStyle(node);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const { names, logScale, hasShadows, isSmall } = look;
  const line = (index: number): uPlot.Series => ({
    stroke: colour(colourOf(index)),
    dash: dashOf(index),
    width: WIDTH
  });
  return {
    width: look.width,
    height: look.height,
    scales: { x: { time: look.axis === 'clock' }, y: { distr: logScale ? 3 : 1 } },
    axes: axesOf(look, colour),
    cursor: {
      ...gestures(looked),
      sync: {
        key: `crispdm:${look.axis}`,
        filters: { pub: type => type === 'mousemove' || type === 'mouseleave', sub: () => true }
      },
      points: { size: 6 },
      ...(!look.hasLegend && names.length > 1 && { focus: { prox: NEAR } })
    },
    focus: { alpha: BEHIND },
    legend: { show: look.hasLegend && !isSmall },
    hooks: {
      ...hooks,
      ready: [...(hooks.ready ?? []), plot => followWheel(plot, looked)],
      setSelect: [plot => takeSelection(plot, looked)]
    },
    series: [
      { label: look.xLabel, ...(look.axis === 'elapsed' && { value: spanAt }) },
      ...(hasShadows
        ? names.map((_, index) => ({
            ...line(index),
            label: '',
            class: 'crispdm-mod-shadow',
            alpha: SHADOW
          }))
        : []),
      ...names.map((name, index) => ({
        ...line(index),
        label: name,
        value: (_: uPlot, value: number | null) => (value === null ? '–' : formatValue(value))
      }))
    ]
  };
}

function axesOf({ axis, isSmall }: ILook, colour: (name: string) => string): uPlot.Axis[] {
  const common: uPlot.Axis = {
    stroke: colour('--crispdm-chart-text'),
    grid: { stroke: colour('--crispdm-chart-grid'), width: 1 },
    ticks: { stroke: colour('--crispdm-chart-grid'), width: 1, ...(isSmall && { size: 4 }) },
    ...(isSmall && { gap: 3 }),
    font: `${isSmall ? 10 : 11}px ${colour('--jp-ui-font-family') || 'sans-serif'}`
  };
  return [
    {
      ...common,
      size: (isSmall ? 22 : 32) + (axis === 'clock' ? 12 : 0),
      ...(axis === 'elapsed' && {
        incrs: SPANS,
        values: (_: uPlot, splits: number[]) => splits.map(span)
      })
    },
    { ...common, size: isSmall ? 44 : 60, values: (_, splits) => splits.map(tick) }
  ];
}

function spanAt(_: uPlot, value: number | null): string {
  return value === null ? '–' : span(value);
}

/** Seconds as they stand below an axis. */
export function span(seconds: number): string {
  return seconds < 0
    ? `-${span(-seconds)}`
    : seconds >= 60
      ? formatDuration(1000 * seconds)
      : `${Number(seconds.toPrecision(4))}s`;
}

/** The label of a tick; a logarithmic axis leaves some places without one. */
function tick(value: number | null): string {
  return value === null ? '' : formatValue(value);
}
