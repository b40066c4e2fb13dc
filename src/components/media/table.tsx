import React from 'react';
import { useTrans } from '../basics/context';
import { formatValue } from '../basics/format';
import type { ITable } from './read';

/** So many rows are drawn; who wants more of them reads the file. */
const MOST_ROWS = 200;

/** A table that was kept; `rows` is how many it had before it was cut. */
export function TableView(props: { table: ITable; rows: number | null }): React.JSX.Element {
  const trans = useTrans();
  const { table } = props;
  const shown = table.rows.slice(0, MOST_ROWS);
  const all = Math.max(props.rows ?? 0, table.rows.length);
  return (
    <div className="crispdm-Media-table">
      <table className="crispdm-Table">
        <thead>
          <tr>
            {table.columns.map((column, at) => (
              <th scope="col" key={at}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row, at) => (
            <tr key={at}>
              {row.map((cell, column) => (
                <td key={column}>{written(cell)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {all > shown.length && (
        <p className="crispdm-Media-about">{trans.__('%1 of %2 rows', shown.length, all)}</p>
      )}
    </div>
  );
}

function written(cell: unknown): string {
  if (cell === null || cell === undefined) {
    return '';
  }
  if (typeof cell === 'number') {
    return formatValue(cell);
  }
  return typeof cell === 'string' ? cell : JSON.stringify(cell);
}
