import React from 'react';
import type { Preview } from '../../../api/files/files';
import { useTrans } from '../../basics/context';

/** The beginning of a file, by what it is. All of it is shown as text. */
export function PreviewContent({ preview }: { preview: Preview }): React.JSX.Element {
  const trans = useTrans();
  switch (preview.kind) {
    case 'table':
      return <Table preview={preview} />;
    case 'notebook':
      return <Cells preview={preview} />;
    case 'text':
      return <Text preview={preview} />;
    default:
      return (
        <p className="crispdm-Waiting">
          {preview.note || trans.__('There is no preview of files of this kind.')}
        </p>
      );
  }
}

function Text({ preview }: { preview: Preview }): React.JSX.Element {
  const trans = useTrans();
  return (
    <>
      <pre className="crispdm-Preview-text">{preview.text}</pre>
      {preview.truncated && <More>{trans.__('Only the beginning is shown.')}</More>}
    </>
  );
}

function Table({ preview }: { preview: Preview }): React.JSX.Element {
  const { columns, rows, total } = preview;
  const trans = useTrans();
  return (
    <>
      <table className="crispdm-Table crispdm-Preview-table">
        <thead>
          <tr>
            {columns.map(({ name, type }, at) => (
              <th key={at} scope="col" title={type} data-number={typeof rows[0]?.[at] === 'number'}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, column) => (
                <td key={column} data-number={typeof cell === 'number'}>
                  {cellSaid(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {preview.truncated && (
        <More>
          {total === null
            ? trans.__('The first %1 rows.', rows.length)
            : trans.__('The first %1 of %2 rows.', rows.length, total.toLocaleString())}
        </More>
      )}
    </>
  );
}

/** Digits of a number that one reads. */
const DIGITS = 8;

function cellSaid(cell: unknown): string {
  if (typeof cell === 'number') {
    return String(Number.isInteger(cell) ? cell : Number(cell.toPrecision(DIGITS)));
  }
  if (typeof cell === 'string') {
    return cell;
  }
  return cell === null ? '' : JSON.stringify(cell);
}

function Cells({ preview }: { preview: Preview }): React.JSX.Element {
  const trans = useTrans();
  return (
    <>
      {preview.cells.map(({ kind, source }, at) => (
        <div key={at} className="crispdm-Preview-cell" data-kind={kind}>
          <pre className="crispdm-Preview-text">{source}</pre>
        </div>
      ))}
      {preview.truncated && <More>{trans.__('Only the beginning is shown.')}</More>}
    </>
  );
}

function More({ children }: { children: React.ReactNode }): React.JSX.Element {
  return <p className="crispdm-Preview-more">{children}</p>;
}
