import React from 'react';
import type { SourceTrial } from '../../api/streams';
import { useTrans } from '../basics/context';
import type { IColumn } from './source';

/** What came when a source was tried, and what of it becomes which column. */
export function SourceTrialView(props: {
  trial: SourceTrial;
  columns: readonly IColumn[];
  onColumns: (columns: readonly IColumn[]) => void;
}): React.JSX.Element {
  const { trial, columns, onColumns } = props;
  const trans = useTrans();
  if (trial.messages.length === 0) {
    return (
      <p className="crispdm-Error" role="alert">
        {trial.reason || trans.__('Nothing came.')}
      </p>
    );
  }
  return (
    <section className="crispdm-Trial" aria-label={trans.__('What came')}>
      {trial.reason !== '' && <p className="crispdm-Error">{trial.reason}</p>}
      <pre className="crispdm-Trial-messages" tabIndex={0} aria-label={trans.__('First messages')}>
        {trial.messages.join('\n')}
      </pre>
      <Columns columns={columns} onColumns={onColumns} />
    </section>
  );
}

function Columns(props: {
  columns: readonly IColumn[];
  onColumns: (columns: readonly IColumn[]) => void;
}): React.JSX.Element {
  const { columns, onColumns } = props;
  const trans = useTrans();
  const rename = (path: string, name: string): void =>
    onColumns(columns.map(column => (column.path === path ? { ...column, name } : column)));
  return (
    <table className="crispdm-Table crispdm-Trial-columns">
      <thead>
        <tr>
          <th scope="col">{trans.__('Column')}</th>
          <th scope="col">{trans.__('Where it stands')}</th>
          <th scope="col">{trans.__('Kind')}</th>
        </tr>
      </thead>
      <tbody>
        {columns.map(({ name, path, type }) => (
          <tr key={path}>
            <td>
              <input
                className="crispdm-Input"
                aria-label={trans.__('Column of %1', path)}
                placeholder={trans.__('left out')}
                value={name}
                onChange={({ target }) => rename(path, target.value)}
              />
            </td>
            <td>
              <code>{path}</code>
            </td>
            <td>{type === 'number' ? trans.__('number') : trans.__('text')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
