import React, { useEffect, useState } from 'react';
import type { Run } from '../../api';
import { useTrans } from '../../components/basics/context';
import { useFact, useFacts } from '../../components/basics/hooks';
import { useShown } from '../../components/basics/visibility';
import { Chart } from '../../components/curves/chart';
import { labelled } from '../../components/curves/groups';
import { colourOf, dashOf } from '../../components/curves/options';
import type { IRange } from '../../components/curves/view';
import { MOST_COMPARED } from '../../tokens/jobs';
import type { IMetrics, ISeries, IWindow } from '../../tokens/metrics';
import type { RunsPageModel } from './model';

/** Seconds between two updates of curves that grow, and milliseconds between two looks at who has the metric. */
const PERIOD = 1;
const READABLE = 500;

/** The curves of the chosen runs in one metric: they change with what is chosen in the table and the plots. */
export function CurvesOfChosen({ model }: { model: RunsPageModel }): React.JSX.Element {
  const { view, chosen, curves } = model;
  const trans = useTrans();
  const drawn = chosen.slice(0, MOST_COMPARED);
  const key = drawn.map(({ id }) => id).join('\n');
  useEffect(() => curves.want(key === '' ? [] : key.split('\n')), [curves, key]);
  useEffect(() => () => curves.want([]), [curves]);
  useShown(curves, PERIOD);
  useFacts(curves, READABLE);
  const note =
    chosen.length === 0
      ? trans.__('Choose runs to see their curves.')
      : chosen.length > drawn.length
        ? trans.__('The curves of the first %1 chosen runs.', drawn.length)
        : '';
  return (
    <div className="crispdm-RunPlot" data-plot="curves">
      {note !== '' && <p className="crispdm-Hint">{note}</p>}
      {drawn.length > 0 && <Colours model={model} drawn={drawn} />}
      {drawn.length > 0 && <Curves key={view.curves} model={model} drawn={drawn} />}
    </div>
  );
}

/** Which curve is whose: the one under the mouse stands out. */
function Colours(props: { model: RunsPageModel; drawn: readonly Run[] }): React.JSX.Element {
  const { model, drawn } = props;
  const trans = useTrans();
  return (
    <ul className="crispdm-RunPlots-names" aria-label={trans.__('Colours of the runs')}>
      {drawn.map(({ id, name }, at) => (
        <li
          key={id}
          onPointerEnter={() => model.pointed.point(id)}
          onPointerLeave={() => model.pointed.point('')}
        >
          <span
            className="crispdm-Overlays-colour"
            style={{ borderTop: `3px ${dashOf(at) ? 'dashed' : 'solid'} var(${colourOf(at)})` }}
          />
          <span className="crispdm-mod-cut" title={name}>
            {name}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Curves(props: { model: RunsPageModel; drawn: readonly Run[] }): React.JSX.Element {
  const { model, drawn } = props;
  const { curves: name } = model.view;
  const { runs } = model.curves;
  const [range, setRange] = useState<IRange | null>(null);
  const pointed = useFact(model.pointed, () => model.pointed.id);
  const labels = labelled(drawn.map(run => run.name));
  const metricsOf = new Map(drawn.map(({ id }, at) => [labels[at], runs.get(id)]));
  const series = new Map(
    [...metricsOf].flatMap(([label, metrics]) => {
      const curve = metrics?.series.get(name);
      return curve ? [[label, curve] as const] : [];
    })
  );
  const at = drawn.findIndex(({ id }) => id === pointed);
  return (
    <Chart
      title={name}
      names={labels}
      series={series}
      growth={model.curves.changed}
      view={{ range, smoothing: model.view.smoothing ?? 0 }}
      onRange={setRange}
      runOf={label => metricsOf.get(label)?.series ?? new Map()}
      pointed={at < 0 ? null : labels[at]}
      closer={window => closer(metricsOf, name, window)}
      height={null}
      hasLegend={false}
    />
  );
}

/** The points of a range, asked of each run; what is refused is left out. */
async function closer(
  metricsOf: ReadonlyMap<string, IMetrics | undefined>,
  name: string,
  window: IWindow
): Promise<ReadonlyMap<string, ISeries>> {
  const answers = await Promise.allSettled(
    window.names.map(async label => {
      const found = await metricsOf.get(label)?.closer({ ...window, names: [name] });
      return [label, found?.get(name)] as const;
    })
  );
  return new Map(
    answers.flatMap(answer => {
      const [label, series] = answer.status === 'fulfilled' ? answer.value : [];
      return label !== undefined && series ? [[label, series] as const] : [];
    })
  );
}
