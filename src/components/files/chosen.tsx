import React from 'react';
import { nameOf } from '../../api/files/paths';
import { useTrans } from '../basics/context';
import { IconButton } from './icons';
import { useBrowser } from './shared';

/** What a form has got, and the button that gives it what is marked. */
export function Chosen({ value }: { value: readonly string[] }): React.JSX.Element | null {
  const { browsing, choose } = useBrowser();
  const { choice, fitting } = browsing;
  const trans = useTrans();
  if (choice.pick === 'none') {
    return null;
  }
  const isFolder = choice.pick === 'folder';
  const nothing = isFolder ? trans.__('No folder is chosen.') : trans.__('No file is chosen.');
  const label =
    fitting.length === 1
      ? trans.__('Choose “%1”', nameOf(fitting[0]))
      : trans._n('Choose %1 item', 'Choose %1 items', fitting.length);
  const shown = value.length < 2 ? value.join('') : trans._n('%1 item', '%1 items', value.length);
  return (
    <div className="crispdm-Chosen">
      <output className="crispdm-Chosen-value" title={value.join('\n')}>
        {value.length === 0 ? nothing : trans.__('Chosen: %1', shown)}
      </output>
      {value.length > 0 && (
        <IconButton icon="close" label={trans.__('Choose nothing')} onClick={() => choose([])} />
      )}
      {fitting.length > 0 && (
        <button
          type="button"
          className="crispdm-Button crispdm-mod-accept"
          onClick={() => choose(fitting)}
        >
          {label}
        </button>
      )}
    </div>
  );
}
