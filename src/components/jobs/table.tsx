import React from 'react';
import type { Job } from '../../api';
import { isFinal } from '../../api';
import { useTrans } from '../basics/context';
import { useNow } from '../basics/hooks';
import { JobRow } from './row';
import { stepTo, useVirtualRows } from '../basics/virtualrows';

const ROW_HEIGHT = 52;

/** What the table shows and does. */
export interface IJobTableProps {
  jobs: readonly Job[];
  environmentName: (id: string) => string;
  isPending: (id: string) => boolean;
  selected?: string | null;
  onOpen: (id: string) => void;
  /** Called by a double click, which keeps open what a click only looks at. */
  onKeep?: (id: string) => void;
  onStop?: (id: string) => void;
}

/** Jobs as rows, of which only the visible ones are in the page. Arrow keys move, Enter opens. */
export function JobTable(props: IJobTableProps): React.JSX.Element {
  const { jobs } = props;
  const trans = useTrans();
  const now = useNow(jobs.some(job => !isFinal(job.state)));
  const { scroller, rows, focusRow } = useVirtualRows({
    count: jobs.length,
    height: ROW_HEIGHT,
    keyOf: index => jobs[index].id
  });
  return (
    <div className="crispdm-JobTable" ref={scroller} onKeyDown={keyHandler(jobs.length, focusRow)}>
      <div role="list" aria-label={trans.__('Jobs')} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(item => (
          <div
            key={item.key}
            role="listitem"
            aria-setsize={jobs.length}
            aria-posinset={item.index + 1}
            className="crispdm-JobTable-slot"
            style={{ transform: `translateY(${item.start}px)`, height: ROW_HEIGHT }}
          >
            <JobRow
              job={jobs[item.index]}
              index={item.index}
              now={now}
              environment={props.environmentName(jobs[item.index].environment)}
              isPending={props.isPending(jobs[item.index].id)}
              isSelected={jobs[item.index].id === props.selected}
              onOpen={props.onOpen}
              onKeep={props.onKeep}
              onStop={props.onStop}
            />
          </div>
        ))}
      </div>
    </div>
  );
}

function keyHandler(
  count: number,
  focusRow: (index: number) => void
): (event: React.KeyboardEvent) => void {
  return event => {
    const at = (event.target as HTMLElement).dataset.index;
    const next = at === undefined ? null : stepTo(event.key, Number(at), count);
    if (next !== null) {
      event.preventDefault();
      focusRow(next);
    }
  };
}
