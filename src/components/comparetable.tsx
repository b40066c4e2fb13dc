import React from 'react';
import type { Job } from '../api';
import type { ICompareGroup, ICompareRow } from './comparison';
import { useTrans } from './context';
import { Empty } from './empty';
import { StateIcon } from './state';

/** Jobs side by side, one column each; rows in which they differ stand out. */
export function CompareTable(props: {
  jobs: readonly Job[];
  groups: readonly ICompareGroup[];
  onlyDifferences: boolean;
  onOpen: (id: string) => void;
}): React.JSX.Element {
  const { jobs, groups, onlyDifferences, onOpen } = props;
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
                  <StateIcon state={job.state} />
                  <button
                    className="crispdm-JobGrid-name"
                    title={`${job.name}\n${job.id}`}
                    onClick={() => onOpen(job.id)}
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
              <CompareRow key={row.label} row={row} />
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function CompareRow({ row }: { row: ICompareRow }): React.JSX.Element {
  return (
    <tr data-differs={row.differs || undefined}>
      <th scope="row" title={row.label}>
        {row.label}
      </th>
      {row.places.map(({ text, note }, at) => (
        <td key={at} title={[text, note].filter(Boolean).join('\n')}>
          {text || <span className="crispdm-Hint">–</span>}
          {note && <small className="crispdm-Hint">{note}</small>}
        </td>
      ))}
    </tr>
  );
}
