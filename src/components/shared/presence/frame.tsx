import React, { useEffect } from 'react';
import type { Visitor } from '../../../api/state';
import { useTrans } from '../../basics/context';

/** A frame around the page while it follows somebody: it says whom. Escape ends it. */
export function FollowFrame(props: { visitor: Visitor; onEnd: () => void }): React.JSX.Element {
  const { visitor, onEnd } = props;
  const trans = useTrans();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') {
        onEnd();
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onEnd]);
  return (
    <div className="crispdm-Follow" data-color={visitor.color}>
      <p className="crispdm-Follow-words" role="status">
        <span title={visitor.user}>{trans.__('You follow %1.', visitor.user)}</span>
        <button className="crispdm-Button" onClick={onEnd}>
          {trans.__('Stop (Esc)')}
        </button>
      </p>
    </div>
  );
}
