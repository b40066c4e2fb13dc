import { groupSeries } from '../../components/curves/groups';
import type { Run } from '../../components/curves/axis';
import type { IMetrics, ISeries, IWindow } from '../../tokens/metrics';

/** One run that is drawn: how it is called, and its curves. */
export interface IDrawnRun {
  label: string;
  metrics: IMetrics;
}

/** Curves that are drawn into one figure. */
export interface IChartOfRuns {
  title: string;
  names: readonly string[];
  series(): ReadonlyMap<string, ISeries>;
  runOf: (name: string) => Run;
  closer(window: IWindow): Promise<ReadonlyMap<string, ISeries>>;
  /** Say that there is something else to draw. */
  changed(): void;
}

/** Which figures there are: of one run one for each group, of several one for each metric with a line for each run. */
export function chartsOf(
  runs: readonly IDrawnRun[],
  wanted: readonly string[],
  changed: () => void
): readonly IChartOfRuns[] {
  const names = wantedOf(runs, wanted);
  return runs.length === 1
    ? groupSeries(names).map(group => ofGroup(runs[0], group.name, group.series, changed))
    : names.map(metric => ofMetric(runs, metric, changed));
}

/** The names of the metrics that are shown. */
function wantedOf(runs: readonly IDrawnRun[], wanted: readonly string[]): readonly string[] {
  const fits = (name: string) => (pattern: string) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  const all = new Set(runs.flatMap(({ metrics }) => [...metrics.series.keys()]));
  return [...all].filter(name => wanted.length === 0 || wanted.some(fits(name))).sort();
}

function ofGroup(
  { metrics }: IDrawnRun,
  title: string,
  names: readonly string[],
  changed: () => void
): IChartOfRuns {
  return {
    title,
    names,
    series: () => metrics.series,
    runOf: () => metrics.series,
    closer: window => metrics.closer(window),
    changed
  };
}

function ofMetric(runs: readonly IDrawnRun[], metric: string, changed: () => void): IChartOfRuns {
  const byLabel = new Map(runs.map(({ label, metrics }) => [label, metrics]));
  const named = (label: string, found: Run | undefined): [string, ISeries][] => {
    const series = found?.get(metric);
    return series ? [[label, series]] : [];
  };
  return {
    title: metric,
    names: runs.map(({ label }) => label),
    series: () => new Map(runs.flatMap(({ label, metrics }) => named(label, metrics.series))),
    runOf: label => byLabel.get(label)?.series ?? new Map(),
    closer: async window => {
      const asked = window.names.map(async label =>
        named(label, await byLabel.get(label)?.closer({ ...window, names: [metric] }))
      );
      const answers = await Promise.allSettled(asked);
      return new Map(answers.flatMap(one => (one.status === 'fulfilled' ? one.value : [])));
    },
    changed
  };
}
