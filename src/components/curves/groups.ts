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

/** Labels of runs, with a number where one is there twice. */
export function labelled(names: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return names.map(name => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}
