import React from 'react';
import type { Job } from '../../api';
import { isFinal } from '../../api';
import { MOST_COMPARED } from '../../tokens/jobs';
import { useTrans } from '../basics/context';

/** What can be done with the marked jobs. */
export function BulkBar(props: {
  marked: readonly Job[];
  isPending: (id: string) => boolean;
  onStop: (ids: string[]) => void;
  onDelete: (ids: string[]) => void;
  onCompare: (ids: string[]) => void;
  onClear: () => void;
}): React.JSX.Element {
  const { marked, isPending, onStop, onDelete, onCompare, onClear } = props;
  const trans = useTrans();
  const idsOf = (fits: (job: Job) => boolean): string[] =>
    marked.filter(job => fits(job) && !isPending(job.id)).map(job => job.id);
  const live = idsOf(job => !isFinal(job.state));
  const over = idsOf(job => isFinal(job.state));
  const canCompare = marked.length >= 2 && marked.length <= MOST_COMPARED;
  return (
    <div className="crispdm-BulkBar" role="toolbar" aria-label={trans.__('Marked jobs')}>
      <strong role="status">{trans._n('%1 job marked', '%1 jobs marked', marked.length)}</strong>
      <button
        className="crispdm-Button crispdm-mod-warn"
        disabled={live.length === 0}
        onClick={() => onStop(live)}
      >
        {live.length === 0
          ? trans.__('Stop jobs')
          : trans._n('Stop %1 job', 'Stop %1 jobs', live.length)}
      </button>
      <button
        className="crispdm-Button crispdm-mod-warn"
        disabled={over.length === 0}
        title={trans.__('Jobs that are over can be deleted')}
        onClick={() => onDelete(over)}
      >
        {over.length === 0
          ? trans.__('Delete jobs')
          : trans._n('Delete %1 job', 'Delete %1 jobs', over.length)}
      </button>
      <button
        className="crispdm-Button"
        disabled={!canCompare}
        title={trans.__('2 to %1 jobs can be compared', MOST_COMPARED)}
        onClick={() => onCompare(marked.map(job => job.id))}
      >
        {trans.__('Compare jobs')}
      </button>
      <button className="crispdm-Button" disabled={marked.length === 0} onClick={onClear}>
        {trans.__('Unmark all')}
      </button>
    </div>
  );
}
