import type { ISignal } from '@lumino/signaling';
import React, { useMemo } from 'react';
import type { Job } from '../../api';
import type { ISeries } from '../../tokens/metrics';
import { Chart } from '../curves/chart';
import type { ICompared } from './comparison';
import { useTrans } from '../basics/context';

const COLOURS = 8;

/** The curves of jobs laid over each other: a chart for each metric, a colour for each job. */
export function Overlays(props: {
  compared: readonly ICompared[];
  growth: ISignal<unknown, unknown>;
  logScale: boolean;
  onOpen: (id: string) => void;
}): React.JSX.Element | null {
  const { compared, growth, logScale, onOpen } = props;
  const trans = useTrans();
  const metrics = metricsOf(compared);
  const jobs = compared.map(({ job }) => job);
  const names = useMemo(
    () => labelsOf(jobs),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only names and their order matter
    [jobs.map(({ name }) => name).join('\n')]
  );
  if (metrics.length === 0) {
    return null;
  }
  return (
    <section className="crispdm-Overlays" aria-label={trans.__('Curves')}>
      <div className="crispdm-Overlays-charts">
        {metrics.map(metric => (
          <Chart
            key={metric}
            title={metric}
            names={names}
            series={overlay(compared, names, metric)}
            growth={growth}
            smoothing={0}
            logScale={logScale}
          />
        ))}
      </div>
      <Legend jobs={jobs} names={names} onOpen={onOpen} />
    </section>
  );
}

function Legend(props: {
  jobs: readonly Job[];
  names: readonly string[];
  onOpen: (id: string) => void;
}): React.JSX.Element {
  const { jobs, names, onOpen } = props;
  const trans = useTrans();
  return (
    <ul className="crispdm-Overlays-legend" aria-label={trans.__('Colours of the jobs')}>
      {jobs.map((job, at) => (
        <li key={job.id}>
          <span
            className="crispdm-Overlays-colour"
            style={{ background: `var(--crispdm-series-${at % COLOURS})` }}
          />
          <button
            className="crispdm-JobGrid-name"
            title={`${job.name}\n${job.id}`}
            onClick={() => onOpen(job.id)}
          >
            {names[at]}
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
export function labelsOf(jobs: readonly Job[]): readonly string[] {
  const seen = new Map<string, number>();
  return jobs.map(({ name }) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
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
