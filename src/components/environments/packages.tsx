import React, { useState } from 'react';
import type { Difference, Package } from '../../api';
import { useTrans } from '../basics/context';

/** Packages with their versions, and a search. */
export function PackageTable({ packages }: { packages: readonly Package[] }): React.JSX.Element {
  const trans = useTrans();
  const [text, setText] = useState('');
  const wanted = text
    .trim()
    .toLowerCase()
    .replace(/[-_.]+/g, '-');
  const shown = packages.filter(({ name }) => name.includes(wanted));
  return (
    <>
      <input
        className="crispdm-Input"
        type="search"
        placeholder={trans._n('Search in one package', 'Search in %1 packages', packages.length)}
        aria-label={trans.__('Search packages')}
        value={text}
        onChange={event => setText(event.target.value)}
      />
      <div className="crispdm-Packages-scroller">
        <PackageRows title={trans.__('Packages')} packages={shown} />
        {shown.length === 0 && <p className="crispdm-Waiting">{trans.__('No package.')}</p>}
      </div>
    </>
  );
}

function PackageRows(props: { title: string; packages: readonly Package[] }): React.JSX.Element {
  const { title, packages } = props;
  return (
    <table className="crispdm-Table crispdm-Packages" aria-label={title}>
      <tbody>
        {packages.map(({ name, version }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{version}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What differs between two environments. */
export function DifferenceTable(props: {
  difference: Difference;
  here: string;
  there: string;
}): React.JSX.Element {
  const { difference, here, there } = props;
  const trans = useTrans();
  const { only_here, only_there, different, same } = difference;
  const rows = [
    ...different.map(one => [one.name, one.here, one.there]),
    ...only_here.map(one => [one.name, one.version, '']),
    ...only_there.map(one => [one.name, '', one.version])
  ].sort(([a], [b]) => a.localeCompare(b));
  return (
    <>
      <p className="crispdm-Hint">
        {trans._n('One package is the same in both.', '%1 packages are the same in both.', same)}
      </p>
      <div className="crispdm-Packages-scroller">
        <table className="crispdm-Table crispdm-Packages" aria-label={trans.__('Differences')}>
          <thead>
            <tr>
              <th scope="col">{trans.__('Package')}</th>
              <th scope="col">{here}</th>
              <th scope="col">{there}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, ours, theirs]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{ours || '–'}</td>
                <td>{theirs || '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {rows.length === 0 && <p className="crispdm-Waiting">{trans.__('No difference.')}</p>}
      </div>
    </>
  );
}
