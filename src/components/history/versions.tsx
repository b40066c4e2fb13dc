import React from 'react';
import type { KeptVersion } from '../../api';
import { useTrans } from '../basics/context';
import { formatBytes, formatMoment } from '../basics/format';

/** The kept versions of a file, of which one is chosen. */
export function VersionList(props: {
  versions: readonly KeptVersion[];
  selected: number | null;
  onSelect: (id: number) => void;
}): React.JSX.Element {
  const { versions, selected, onSelect } = props;
  const trans = useTrans();
  return (
    <ul className="crispdm-Versions" aria-label={trans.__('Kept versions')}>
      {versions.map(version => (
        <li key={version.id}>
          <button
            className="crispdm-Versions-one"
            aria-pressed={version.id === selected}
            onClick={() => onSelect(version.id)}
          >
            <time dateTime={version.saved}>{formatMoment(version.saved)}</time>
            <small className="crispdm-Versions-about" title={version.by}>
              {version.by === ''
                ? formatBytes(version.size)
                : trans.__('%1, saved by %2', formatBytes(version.size), version.by)}
            </small>
          </button>
        </li>
      ))}
    </ul>
  );
}
