import React, { useId } from 'react';
import type { KeptLayout } from '../../api';
import { useTrans } from '../basics/context';
import { formatMoment } from '../basics/format';

/** The last layouts of Lab, of which one is chosen. */
export function LayoutList(props: {
  layouts: readonly KeptLayout[];
  selected: number | null;
  onSelect: (id: number) => void;
}): React.JSX.Element {
  const { layouts, selected, onSelect } = props;
  const trans = useTrans();
  const name = useId();
  return (
    <ul className="crispdm-Layouts" aria-label={trans.__('Layouts')}>
      {layouts.map(layout => (
        <li key={layout.id}>
          <label className="crispdm-Layouts-one">
            <input
              type="radio"
              name={name}
              checked={layout.id === selected}
              onChange={() => onSelect(layout.id)}
            />
            <Layout layout={layout} />
          </label>
        </li>
      ))}
    </ul>
  );
}

function Layout({ layout }: { layout: KeptLayout }): React.JSX.Element {
  const trans = useTrans();
  const { saved, workspace, documents } = layout;
  const names = documents.map(path => path.split('/').at(-1));
  return (
    <span className="crispdm-Layouts-about" title={documents.join('\n')}>
      <time dateTime={saved}>{formatMoment(saved)}</time>
      {workspace !== 'default' && (
        <small className="crispdm-Hint">{trans.__('Workspace %1', workspace)}</small>
      )}
      <small className="crispdm-Layouts-documents">
        {names.length > 0 ? names.join(', ') : trans.__('No document was open.')}
      </small>
    </span>
  );
}
