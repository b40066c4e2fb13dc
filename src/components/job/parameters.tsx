import React from 'react';
import { useTrans } from '../basics/context';
import { Empty } from '../basics/empty';

/** The parameters of a job as a table. */
export function ParameterTable(props: {
  parameters: Readonly<Record<string, unknown>>;
}): React.JSX.Element {
  const trans = useTrans();
  const entries = Object.entries(props.parameters);
  if (entries.length === 0) {
    return (
      <Empty title={trans.__('No parameters.')}>
        {trans.__('Give them when you run the job, or tell them from the code:')}
        <code className="crispdm-Code">{EXAMPLE}</code>
      </Empty>
    );
  }
  return (
    <table className="crispdm-Table">
      <thead>
        <tr>
          <th scope="col">{trans.__('Parameter')}</th>
          <th scope="col">{trans.__('Value')}</th>
        </tr>
      </thead>
      <tbody>
        {entries.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{typeof value === 'string' ? value : JSON.stringify(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const EXAMPLE = 'crispdm.params({"batch_size": 32})';
