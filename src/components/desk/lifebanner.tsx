import React from 'react';
import { useTrans } from '../basics/context';

/** Whether a page can work: its server and its kernel are there, and its session goes on. */
export type Life = 'well' | 'server-gone' | 'kernel-gone' | 'refused';

/** Says in one sentence what is gone, and offers to go on. In Lab it only says it. */
export function LifeBanner(props: {
  life: Life;
  /** Makes the page anew, with all that was saved; null where somebody else does it. */
  onGoOn: (() => void) | null;
}): React.JSX.Element | null {
  const { life, onGoOn } = props;
  const trans = useTrans();
  if (life === 'well') {
    return null;
  }
  const words = {
    'server-gone': trans.__(
      'The server cannot be reached. What you do is kept here until it is back.'
    ),
    'kernel-gone': trans.__('The program behind this page has ended. What you saved comes back.'),
    refused: trans.__('Your session has ended. What you saved is there when you log in again.')
  };
  return (
    <div className="crispdm-Banner crispdm-LifeBanner" role="alert" data-life={life}>
      <span>{words[life]}</span>
      {onGoOn && (
        <button className="crispdm-Button crispdm-mod-accept" type="button" onClick={onGoOn}>
          {life === 'refused' ? trans.__('Log in again') : trans.__('Go on')}
        </button>
      )}
    </div>
  );
}
