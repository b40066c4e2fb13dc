import React, { useMemo, useState } from 'react';
import type { IMetrics } from '../../tokens/metrics';
import { hasEpochs, reach } from './axis';
import { Chart } from './chart';
import { useTrans } from '../basics/context';
import { Empty } from '../basics/empty';
import { FactsGuard } from '../basics/facts';
import type { IGroup } from './groups';
import { groupSeries } from './groups';
import { useFact } from '../basics/hooks';
import { moveOf } from './keys';
import { CurveTools } from './toolbar';
import type { IChartActions } from './tools';
import { Trouble } from '../basics/trouble';
import type { ICurvesView, Move } from './view';
import { after } from './view';
import { useShown } from '../basics/visibility';

const EXAMPLE = 'import crispdm; crispdm.log(loss=loss, step=step)';
/** With more curves than this one looks for some, or makes them small. */
const FEW = 6;

/** What curves are shown of, and how. */
export interface ICurvesProps {
  metrics: IMetrics;
  view: ICurvesView;
  onView: (change: Partial<ICurvesView>) => void;
  /** Open a chart in a tab of its own. */
  onOpen?: (group: IGroup) => void;
  /** A chart is dragged away. */
  onDrag?: (group: IGroup, event: React.PointerEvent<HTMLElement>) => void;
  /** The only curves to show, in one chart that fills the page. */
  alone?: IGroup;
}

/** The curves of a job, one chart for each group, with smoothing, scale, axis, range and refresh interval. */
export function Curves(props: ICurvesProps): React.JSX.Element {
  const { metrics, view, onView, alone } = props;
  const trans = useTrans();
  const [trouble, setTrouble] = useState('');
  useFact(metrics, () => stateOf(metrics));
  useShown(metrics, view.period);
  const names = [...metrics.series.keys()].join('\n');
  const groups = useGroups(names, view);
  const onMove = (move: Move): void => {
    const ends = reach(view.axis, [metrics.series]);
    if (ends !== null) {
      onView({ range: after(move, view.range, ends) });
    }
  };
  const shown = alone ? [alone] : groups;
  return (
    <div className="crispdm-Curves" data-alone={alone ? true : undefined}>
      <CurveTools
        view={view}
        onView={onView}
        onMove={onMove}
        isLive={!metrics.isEnded}
        hasEpochs={hasEpochs(metrics.series)}
        isMany={!alone && metrics.series.size > FEW}
      />
      <FactsGuard facts={metrics}>
        {metrics.trouble !== '' && <Trouble text={metrics.trouble} />}
        {trouble !== '' && <Trouble text={trouble} />}
        {names === '' && <NoCurves isEnded={metrics.isEnded} />}
        {names !== '' && shown.length === 0 && (
          <Empty title={trans.__('No curve has “%1” in its name.', view.filter)} />
        )}
        <div
          className="crispdm-Curves-grid"
          data-small={view.layout === 'small' || undefined}
          role="group"
          aria-label={trans.__('Curves')}
          tabIndex={0}
          onKeyDown={event => {
            const move = moveOf(event);
            if (move !== undefined && event.target === event.currentTarget) {
              event.preventDefault();
              onMove(move);
            }
          }}
        >
          {shown.map(group => (
            <Chart
              key={group.name}
              title={group.name}
              names={group.series}
              series={metrics.series}
              growth={metrics.changed}
              view={alone ? { ...view, layout: 'groups' } : view}
              onRange={range => onView({ range })}
              closer={window => metrics.closer(window)}
              actions={actionsOf(group, props, setTrouble)}
              height={alone ? null : undefined}
            />
          ))}
        </div>
      </FactsGuard>
    </div>
  );
}

/** The charts in their order: those that are pinned first. */
function useGroups(names: string, { layout, filter, pinned }: ICurvesView): readonly IGroup[] {
  const pins = pinned.join('\n');
  return useMemo(() => {
    const wanted = filter.trim().toLowerCase();
    const all = names === '' ? [] : names.split('\n');
    const found = all.filter(name => name.toLowerCase().includes(wanted));
    const groups =
      layout === 'small'
        ? found.sort().map(name => ({ name, series: [name] }))
        : groupSeries(found);
    const first = new Set(pins.split('\n'));
    const isFirst = ({ name }: IGroup): number => Number(first.has(name));
    return groups.sort((a, b) => isFirst(b) - isFirst(a));
  }, [names, layout, filter, pins]);
}

function actionsOf(
  group: IGroup,
  { metrics, view, onView, onOpen, onDrag, alone }: ICurvesProps,
  onTrouble: (message: string) => void
): IChartActions {
  const isPinned = view.pinned.includes(group.name);
  const others = view.pinned.filter(name => name !== group.name);
  return {
    whole: () => metrics.whole(group.series),
    onTrouble,
    ...(!alone && {
      isPinned,
      onPin: () => onView({ pinned: isPinned ? others : [...others, group.name] })
    }),
    ...(onOpen && { onOpen: () => onOpen(group) }),
    ...(onDrag && { onDrag: (event: React.PointerEvent<HTMLElement>) => onDrag(group, event) })
  };
}

function NoCurves({ isEnded }: { isEnded: boolean }): React.JSX.Element {
  const trans = useTrans();
  return (
    <Empty title={isEnded ? trans.__('This job logged no curves.') : trans.__('No curves yet.')}>
      {trans.__('They appear while the code runs, when it says:')}
      <code className="crispdm-Code">{EXAMPLE}</code>
    </Empty>
  );
}

/** What is to be drawn again when it changes; that points were added is the business of the charts. */
function stateOf({ shape, isReady, error }: IMetrics): string {
  return `${shape} ${isReady} ${error}`;
}
