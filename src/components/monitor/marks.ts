import type uPlot from 'uplot';
import type { ISampleColumns, IThresholdChange, IThresholds } from '../../tokens/streams';
import { heatOf } from './heat';

/** Pixels of the page. */
const RADIUS = 3.5;
/** More points than columns cannot be told apart. */
const MOST_POINTS = 4000;

/** The colours of lines, as the theme has them. */
export interface IMarkColours {
  anomaly: string;
  display: string;
}

/** Draw the anomalies of a range of samples as points on the line of values, the most probable ones on top. */
export function drawAnomalies(
  plot: uPlot,
  columns: ISampleColumns,
  thresholds: Pick<IThresholds, 'anomaly' | 'display'>
): number {
  const places = anomaliesIn(columns, thresholds, plot.scales.x);
  const { ctx } = plot;
  const radius = RADIUS * devicePixelRatio;
  const shown = places.slice(-MOST_POINTS);
  ctx.save();
  clip(plot);
  for (const at of shown) {
    ctx.fillStyle = heatOf(columns.probability[at]);
    ctx.beginPath();
    const x = plot.valToPos(columns.time[at], 'x', true);
    ctx.arc(x, plot.valToPos(columns.value[at], 'value', true), radius, 0, 2 * Math.PI);
    ctx.fill();
  }
  ctx.restore();
  return places.length;
}

/** The places of the samples that are anomalies and are shown, the most probable ones last. */
export function anomaliesIn(
  { length, time, probability, value }: ISampleColumns,
  { anomaly, display }: Pick<IThresholds, 'anomaly' | 'display'>,
  { min = -Infinity, max = Infinity }: { min?: number; max?: number } = {}
): number[] {
  const places: number[] = [];
  for (let at = 0; at < length; at++) {
    const share = probability[at];
    const isShown = share > anomaly && share >= display && value[at] === value[at];
    if (isShown && time[at] >= min && time[at] <= max) {
      places.push(at);
    }
  }
  return places.sort((a, b) => probability[a] - probability[b]);
}

/** Draw the thresholds as they are over the whole plot, and paler where the anomaly threshold was another one. */
export function drawThresholds(
  plot: uPlot,
  { anomaly, display, changes }: Pick<IThresholds, 'anomaly' | 'display' | 'changes'>,
  colours: IMarkColours
): void {
  const { ctx } = plot;
  const { min: from = 0, max: to = 0 } = plot.scales.x;
  const line = (steps: Steps, colour: string, dash: readonly number[], alpha = 1): void => {
    ctx.strokeStyle = colour;
    ctx.globalAlpha = alpha;
    ctx.setLineDash(dash.map(length => length * devicePixelRatio));
    stairs(plot, steps);
  };
  ctx.save();
  clip(plot);
  ctx.lineWidth = devicePixelRatio;
  line([[from, anomaly]], colours.anomaly, [6, 4]);
  const steps = stepsOf(changes, anomaly, from, to);
  if (steps.some(([, threshold]) => threshold !== anomaly)) {
    line(steps, colours.anomaly, [2, 2], 0.6);
  }
  if (display > 0) {
    line([[from, display]], colours.display, [1, 3]);
  }
  ctx.restore();
}

type Steps = readonly (readonly [time: number, threshold: number])[];

/** From when on which anomaly threshold held, as far as it is seen: the first place is the left edge. */
export function stepsOf(
  changes: readonly IThresholdChange[],
  now: number,
  from: number,
  to: number
): Steps {
  const before = changes.filter(({ time }) => time <= from).at(-1);
  const within = changes.filter(({ time }) => time > from && time < to);
  const first = before?.anomaly ?? within[0]?.anomaly ?? now;
  return [[from, first], ...within.map(({ time, anomaly }) => [time, anomaly] as const)];
}

function stairs(plot: uPlot, steps: Steps): void {
  const { ctx, bbox } = plot;
  ctx.beginPath();
  let last = NaN;
  for (const [time, threshold] of steps) {
    const x = plot.valToPos(time, 'x', true);
    const y = plot.valToPos(threshold, 'probability', true);
    if (Number.isNaN(last)) {
      ctx.moveTo(x, y);
    } else {
      ctx.lineTo(x, last);
      ctx.lineTo(x, y);
    }
    last = y;
  }
  ctx.lineTo(bbox.left + bbox.width, last);
  ctx.stroke();
}

/** Nothing is drawn over the axes. */
function clip({ ctx, bbox: { left, top, width, height } }: uPlot): void {
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
}
