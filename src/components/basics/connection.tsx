import React, { useEffect, useState } from 'react';
import type { IConnection } from '../../tokens/connection';
import { useTrans } from './context';

/** A banner while the server cannot be reached, with a button to try again at once. */
export function ConnectionBanner(props: { connection: IConnection }): React.JSX.Element | null {
  const { connection } = props;
  const trans = useTrans();
  const state = useLiveState(connection);
  if (state !== 'lost' && state !== 'refused') {
    return null;
  }
  const isRefused = state === 'refused';
  return (
    <div className="crispdm-Banner" role="alert">
      <span>
        {isRefused
          ? trans.__('Your session has ended.')
          : trans.__('No connection to the server. Jobs go on; trying again…')}
      </span>
      <button
        className="crispdm-Button"
        onClick={() => (isRefused ? window.location.reload() : connection.reconnect())}
      >
        {isRefused ? trans.__('Log in again') : trans.__('Resume')}
      </button>
    </div>
  );
}

/** The state of the connection, anew when it changes. */
export function useLiveState(connection: IConnection): IConnection['state'] {
  const [state, setState] = useState(connection.state);
  useEffect(() => {
    const context = {};
    const onChanged = (): void => setState(connection.state);
    connection.stateChanged.connect(onChanged, context);
    onChanged();
    return () => {
      connection.stateChanged.disconnect(onChanged, context);
    };
  }, [connection]);
  return state;
}
