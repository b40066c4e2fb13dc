import React from 'react';
import type { IConnection } from '../../tokens/connection';
import type { IJobs } from '../../tokens/jobs';
import { useLiveState } from '../basics/connection';
import { useTrans } from '../basics/context';
import { useFacts } from '../basics/hooks';

/** How many jobs run, or that nobody knows; a click goes to them. */
export function RunningJobs(props: {
  jobs: IJobs;
  connection: IConnection;
  onOpen: () => void;
}): React.JSX.Element {
  const { jobs, connection, onOpen } = props;
  const trans = useTrans();
  useFacts(jobs);
  const state = useLiveState(connection);
  const isLost = state === 'lost' || state === 'refused';
  const count = trans._n('%1 job', '%1 jobs', jobs.active);
  return (
    <button
      className="crispdm-RunningJobs"
      data-lost={isLost || undefined}
      title={isLost ? trans.__('No connection to the server') : trans.__('Running jobs')}
      onClick={onOpen}
    >
      {isLost ? trans.__('Offline') : count}
    </button>
  );
}
