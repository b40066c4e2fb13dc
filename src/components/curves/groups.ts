import type { ISeries } from '../../tokens/metrics';

/** Curves that belong on one chart, such as `train/loss` and `val_loss`. */
export interface IGroup {
  name: string;
  series: readonly string[];
}

const PHASE = /^(train|training|val|valid|validation|test|eval|evaluation)[/_.-](.+)$/i;
const MOST_ON_ONE_CHART = 12;

/** Put the phases of one measure together, and the parts of one name (`iou/3`); each other curve by itself. */
export function groupSeries(names: Iterable<string>): IGroup[] {
  const groups = new Map<string, string[]>();
  for (const name of [...names].sort()) {
    const key = groupOf(name);
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  return [...groups].sort(lossFirst).flatMap(([name, series]) => split(name, series));
}

/** The loss is what one looks at first. */
function lossFirst([a]: [string, unknown], [b]: [string, unknown]): number {
  return Number(/loss/i.test(b)) - Number(/loss/i.test(a));
}

function groupOf(name: string): string {
  const measure = PHASE.exec(name)?.[2] ?? name;
  return measure.split('/')[0];
}

function split(name: string, series: readonly string[]): IGroup[] {
  const groups: IGroup[] = [];
  for (let at = 0; at < series.length; at += MOST_ON_ONE_CHART) {
    const label = at === 0 ? name : `${name} (${at / MOST_ON_ONE_CHART + 1})`;
    groups.push({ name: label, series: series.slice(at, at + MOST_ON_ONE_CHART) });
  }
  return groups;
}

/** What a chart can draw of a curve: steps in rising order, and null where there is no finite number. */
export function drawable(
  series: ISeries,
  smoothing: number,
  log: boolean
): [number[], (number | null)[]] {
  const values = smooth(series.value, smoothing).map(value =>
    Number.isFinite(value) && (!log || value > 0) ? value : null
  );
  const { step } = series;
  if (step.every((value, index) => index === 0 || value >= step[index - 1])) {
    return [[...step], values];
  }
  const order = step.map((_, index) => index).sort((a, b) => step[a] - step[b]);
  return [order.map(index => step[index]), order.map(index => values[index])];
}

/** An exponential mean without the pull towards zero at the front; 0 leaves the values as they are. */
export function smooth(values: readonly number[], weight: number): readonly number[] {
  if (weight <= 0) {
    return values;
  }
  let sum = 0;
  let share = 0;
  return values.map(value => {
    if (!Number.isFinite(value)) {
      return value;
    }
    sum = sum * weight + value * (1 - weight);
    share = share * weight + (1 - weight);
    return sum / share;
  });
}
