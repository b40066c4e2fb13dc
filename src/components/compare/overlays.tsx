import type { ISignal } from '@lumino/signaling';
import React, { useMemo, useState } from 'react';
import type { ISeries, IWindow } from '../../tokens/metrics';
import { Chart } from '../curves/chart';
import { labelled } from '../curves/groups';
import { colourOf, dashOf } from '../curves/options';
import type { ICurvesView, IRange } from '../curves/view';
import type { ICompared } from './comparison';
import type { Subject } from './subject';
import { useTrans } from '../basics/context';

/** The sign of a difference. */
const BASELINE = 'Δ';

/** What is laid over each other, and how. */
export interface IOverlaysProps {
  compared: readonly ICompared[];
  growth: ISignal<unknown, unknown>;
  view: ICurvesView;
  /** The job from which the others are told apart; empty is none. */
  baseline: string;
  /** Whether the distance from the baseline is drawn, in the place of the values. */
  isDelta: boolean;
  onRange: (range: IRange | null) => void;
  onBaseline: (id: string) => void;
  onOpen: (subject: Subject) => void;
  /** The one metric that is shown, in all the room there is; all of them where none is named. */
  alone?: string;
  /** A chart is opened in a tab of its own, or dragged to where it shall be. */
  onAlone?: (metric: string) => void;
  onDrag?: (metric: string, event: React.PointerEvent<HTMLElement>) => void;
  onTrouble: (message: string) => void;
}

/** The curves of jobs laid over each other: a chart for each metric, a colour for each job. */
export function Overlays(props: IOverlaysProps): React.JSX.Element | null {
  const { compared, view, alone } = props;
  const trans = useTrans();
  const [pointed, setPointed] = useState<string | null>(null);
  const wanted = view.filter.trim().toLowerCase();
  const metrics = metricsOf(compared).filter(name =>
    alone === undefined ? name.toLowerCase().includes(wanted) : name === alone
  );
  const jobs = compared.map(({ subject }) => subject);
  const names = useMemo(
    () => labelsOf(jobs),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only names and their order matter
    [jobs.map(({ name }) => name).join('\n')]
  );
  if (metrics.length === 0) {
    return null;
  }
  return (
    <section
      className="crispdm-Overlays"
      data-alone={alone !== undefined || undefined}
      aria-label={trans.__('Curves')}
    >
      <div className="crispdm-Overlays-charts" data-small={view.layout === 'small' || undefined}>
        {metrics.map(metric => (
          <MetricChart key={metric} {...props} metric={metric} names={names} pointed={pointed} />
        ))}
      </div>
      <Legend {...props} jobs={jobs} names={names} onPoint={setPointed} />
    </section>
  );
}

function MetricChart(
  props: IOverlaysProps & { metric: string; names: readonly string[]; pointed: string | null }
): React.JSX.Element {
  const { compared, metric, names, baseline, isDelta, onAlone, onDrag } = props;
  const from = compared.findIndex(({ subject }) => subject.id === baseline);
  const runOf = (label: string): ICompared['series'] =>
    compared[names.indexOf(label)]?.series ?? new Map();
  return (
    <Chart
      title={metric}
      names={names}
      series={overlay(compared, names, metric)}
      growth={props.growth}
      view={props.view}
      onRange={props.onRange}
      runOf={runOf}
      baseline={isDelta && from >= 0 ? names[from] : undefined}
      pointed={props.pointed}
      hasLegend={false}
      closer={window => closer(compared, names, metric, window)}
      height={props.alone === undefined ? undefined : null}
      actions={{
        whole: () => whole(compared, names, metric),
        onTrouble: props.onTrouble,
        ...(onAlone && { onOpen: () => onAlone(metric) }),
        ...(onDrag && { onDrag: (event: React.PointerEvent<HTMLElement>) => onDrag(metric, event) })
      }}
    />
  );
}

/** The points of one metric in a range, by the labels of their jobs; what is refused is left out. */
async function closer(
  compared: readonly ICompared[],
  names: readonly string[],
  metric: string,
  window: IWindow
): Promise<ReadonlyMap<string, ISeries>> {
  return await asked(names, metric, window.names, at =>
    compared[at].metrics?.closer({ ...window, names: [metric] })
  );
}

async function whole(
  compared: readonly ICompared[],
  names: readonly string[],
  metric: string
): Promise<ReadonlyMap<string, ISeries>> {
  return await asked(names, metric, names, at => compared[at].metrics?.whole([metric]));
}

async function asked(
  names: readonly string[],
  metric: string,
  wanted: readonly string[],
  ask: (at: number) => Promise<ReadonlyMap<string, ISeries>> | undefined
): Promise<ReadonlyMap<string, ISeries>> {
  const answers = await Promise.allSettled(
    wanted.map(async label => [label, (await ask(names.indexOf(label)))?.get(metric)] as const)
  );
  return new Map(
    answers.flatMap(answer => {
      const [label, series] = answer.status === 'fulfilled' ? answer.value : [];
      return label !== undefined && series ? [[label, series]] : [];
    })
  );
}

function Legend(
  props: IOverlaysProps & {
    jobs: readonly Subject[];
    names: readonly string[];
    onPoint: (name: string | null) => void;
  }
): React.JSX.Element {
  const { jobs, names, baseline, onOpen, onBaseline, onPoint } = props;
  const trans = useTrans();
  return (
    <ul className="crispdm-Overlays-legend" aria-label={trans.__('Colours of the jobs')}>
      {jobs.map((job, at) => (
        <li key={job.id} onMouseEnter={() => onPoint(names[at])} onMouseLeave={() => onPoint(null)}>
          <span
            className="crispdm-Overlays-colour"
            style={{ borderTop: `3px ${dashOf(at) ? 'dashed' : 'solid'} var(${colourOf(at)})` }}
          />
          <button
            className="crispdm-DataGrid-name"
            title={`${job.name}\n${job.id}`}
            onClick={() => onOpen(job)}
          >
            {names[at]}
          </button>
          <button
            className="crispdm-MenuButton crispdm-Overlays-pin"
            aria-pressed={job.id === baseline}
            aria-label={trans.__('%1 is the baseline', names[at])}
            title={trans.__('Baseline: tell the others as differences from it')}
            onClick={() => onBaseline(job.id === baseline ? '' : job.id)}
          >
            {BASELINE}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The metrics that some job has logged; what is a loss first. */
function metricsOf(compared: readonly ICompared[]): readonly string[] {
  const names = new Set(compared.flatMap(({ series }) => [...series.keys()]));
  return [...names].sort(
    (a, b) => Number(/loss/i.test(b)) - Number(/loss/i.test(a)) || a.localeCompare(b)
  );
}

/** The names of jobs, with a number where one is there twice. */
export function labelsOf(jobs: readonly Subject[]): readonly string[] {
  return labelled(jobs.map(({ name }) => name));
}

/** One metric of all jobs that have it, by their labels. */
export function overlay(
  compared: readonly ICompared[],
  names: readonly string[],
  metric: string
): ReadonlyMap<string, ISeries> {
  return new Map(
    compared.flatMap(({ series }, at) => {
      const curve = series.get(metric);
      return curve ? [[names[at] ?? '', curve]] : [];
    })
  );
}
