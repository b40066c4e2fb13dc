import React from 'react';
import type { IJobs } from '../../tokens/jobs';
import { useTrans } from '../basics/context';

/** Says that the list ends before the jobs do, and fetches more. */
export function OlderJobs(props: { jobs: IJobs; onLoad: () => void }): React.JSX.Element | null {
  const { jobs, onLoad } = props;
  const trans = useTrans();
  return jobs.hasOlder ? (
    <p className="crispdm-Older">
      {trans.__('The newest %1 jobs are listed.', jobs.list.length.toLocaleString())}
      <button className="crispdm-Button" disabled={jobs.isLoadingOlder} onClick={onLoad}>
        {jobs.isLoadingOlder ? trans.__('Loading…') : trans.__('Load older')}
      </button>
    </p>
  ) : null;
}
