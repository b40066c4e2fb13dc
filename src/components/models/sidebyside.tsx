import React, { useState } from 'react';
import type { ModelVersion } from '../../api';
import { useTrans } from '../basics/context';
import type { IFactRow } from './facts';
import { factsOf } from './facts';

/** The chosen versions side by side, a column each: of one all that is known, of several also what differs. */
export function SideBySide(props: {
  versions: readonly ModelVersion[];
  onJob: (id: string) => void;
}): React.JSX.Element {
  const { versions, onJob } = props;
  const trans = useTrans();
  const [onlyDifferences, setOnlyDifferences] = useState(false);
  const areSeveral = versions.length > 1;
  const groups = factsOf(trans, versions)
    .map(({ label, rows }) => ({
      label,
      rows: rows.filter(({ differs }) => differs || !areSeveral || !onlyDifferences)
    }))
    .filter(({ rows }) => rows.length > 0);
  return (
    <>
      {areSeveral && (
        <label className="crispdm-Field-inline">
          <input
            type="checkbox"
            checked={onlyDifferences}
            onChange={event => setOnlyDifferences(event.target.checked)}
          />
          {trans.__('Only differences')}
        </label>
      )}
      <div className="crispdm-Compare-scroller" tabIndex={0} role="group">
        <table
          className="crispdm-Compare"
          aria-label={trans.__('Versions side by side')}
          style={{ '--crispdm-count': versions.length } as React.CSSProperties}
        >
          <Head versions={versions} onJob={onJob} />
          {groups.map(({ label, rows }) => (
            <tbody key={label}>
              <tr className="crispdm-Compare-group">
                <th scope="rowgroup" colSpan={versions.length + 1}>
                  {label}
                </th>
              </tr>
              {rows.map(row => (
                <Fact key={row.label} row={row} />
              ))}
            </tbody>
          ))}
        </table>
      </div>
    </>
  );
}

function Head(props: {
  versions: readonly ModelVersion[];
  onJob: (id: string) => void;
}): React.JSX.Element {
  const { versions, onJob } = props;
  const trans = useTrans();
  return (
    <thead>
      <tr>
        <td />
        {versions.map(({ version, job }) => (
          <th key={version} scope="col">
            <span className="crispdm-Compare-head">
              {trans.__('Version %1', version)}
              {job !== null && (
                <button className="crispdm-DataGrid-name" title={job} onClick={() => onJob(job)}>
                  {trans.__('Open job')}
                </button>
              )}
            </span>
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Fact({ row }: { row: IFactRow }): React.JSX.Element {
  const { label, texts, differs } = row;
  return (
    <tr data-differs={differs || undefined}>
      <th scope="row" title={label}>
        {label}
      </th>
      {texts.map((text, at) => (
        <td key={at} title={text}>
          {text || <span className="crispdm-Hint">–</span>}
        </td>
      ))}
    </tr>
  );
}
