import React from 'react';
import { useTrans } from '../basics/context';
import type { IEntry } from './entry';

/** What stands in a page whose widgets are not there: that they are made, or why they could not be. */
export function PageState(props: { entry: IEntry; onRetry: () => void }): React.JSX.Element | null {
  const { entry, onRetry } = props;
  const trans = useTrans();
  if (entry.built) {
    return null;
  }
  if (!entry.trouble) {
    return (
      <div className="crispdm-Skeleton" role="status" aria-label={trans.__('The page is made…')}>
        <i />
        <i />
        <i />
      </div>
    );
  }
  return (
    <div className="crispdm-Desk-trouble" role="alert">
      <p>{trans.__('This page could not be made.')}</p>
      <p className="crispdm-Error">{entry.trouble}</p>
      <button className="crispdm-Button crispdm-mod-accept" type="button" onClick={onRetry}>
        {trans.__('Try again')}
      </button>
    </div>
  );
}
