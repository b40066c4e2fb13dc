import React from 'react';
import type { ICompareGroup, ICompareRow } from './comparison';
import type { Subject } from './subject';
import { useTrans } from '../basics/context';
import type { Direction } from './direction';
import { nextDirection } from './direction';
import { Empty } from '../basics/empty';
import { StateIcon } from '../jobs/state';

/** Jobs side by side, one column each; rows in which they differ stand out. */
export function CompareTable(props: {
  jobs: readonly Subject[];
  groups: readonly ICompareGroup[];
  onlyDifferences: boolean;
  onDirection: (metric: string, direction: Direction) => void;
  onOpen: (subject: Subject) => void;
}): React.JSX.Element {
  const { jobs, groups, onlyDifferences, onDirection, onOpen } = props;
  const trans = useTrans();
  const shown = groups
    .map(group => ({ ...group, rows: group.rows.filter(row => row.differs || !onlyDifferences) }))
    .filter(({ rows }) => rows.length > 0);
  if (shown.length === 0) {
    return <Empty title={trans.__('These jobs do not differ.')} />;
  }
  return (
    <div className="crispdm-Compare-scroller" tabIndex={0} role="group">
      <table
        className="crispdm-Compare"
        aria-label={trans.__('Jobs side by side')}
        style={{ '--crispdm-count': jobs.length } as React.CSSProperties}
      >
        <thead>
          <tr>
            <td />
            {jobs.map(job => (
              <th key={job.id} scope="col">
                <span className="crispdm-Compare-head">
                  {job.state !== 'ended' && <StateIcon state={job.state} />}
                  <button
                    className="crispdm-DataGrid-name"
                    title={`${job.name}\n${job.id}`}
                    onClick={() => onOpen(job)}
                  >
                    {job.name}
                  </button>
                </span>
              </th>
            ))}
          </tr>
        </thead>
        {shown.map(group => (
          <tbody key={group.label}>
            <tr className="crispdm-Compare-group">
              <th scope="rowgroup" colSpan={jobs.length + 1}>
                {group.label}
              </th>
            </tr>
            {group.rows.map(row => (
              <CompareRow key={row.label} row={row} onDirection={onDirection} />
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function CompareRow(props: {
  row: ICompareRow;
  onDirection: (metric: string, direction: Direction) => void;
}): React.JSX.Element {
  const { row, onDirection } = props;
  const trans = useTrans();
  return (
    <tr data-differs={row.differs || undefined}>
      <th scope="row" title={row.label}>
        {row.label}
        {row.direction !== undefined && (
          <DirectionButton metric={row.label} direction={row.direction} onDirection={onDirection} />
        )}
      </th>
      {row.places.map(({ text, note, isBest, delta }, at) => (
        <td
          key={at}
          title={[text, note].filter(Boolean).join('\n')}
          data-best={isBest || undefined}
        >
          {text || <span className="crispdm-Hint">–</span>}
          {isBest && <span className="crispdm-Compare-best">{trans.__('best')}</span>}
          {delta && (
            <span className="crispdm-Compare-delta" data-better={delta.isBetter}>
              {delta.text}
            </span>
          )}
          {note && <small className="crispdm-Hint">{note}</small>}
        </td>
      ))}
    </tr>
  );
}

/** Says which values are the better ones, and changes it. */
function DirectionButton(props: {
  metric: string;
  direction: Direction;
  onDirection: (metric: string, direction: Direction) => void;
}): React.JSX.Element {
  const { metric, direction, onDirection } = props;
  const trans = useTrans();
  const said = {
    low: trans.__('%1: lower is better', metric),
    high: trans.__('%1: higher is better', metric)
  };
  const label = direction === null ? trans.__('%1: nothing is marked', metric) : said[direction];
  return (
    <button
      className="crispdm-Compare-direction"
      aria-label={label}
      title={trans.__('%1. Click to change it.', label)}
      onClick={() => onDirection(metric, nextDirection(direction))}
    >
      {direction === null ? '↕' : { low: '↓', high: '↑' }[direction]}
    </button>
  );
}
