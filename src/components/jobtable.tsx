import { useVirtualizer } from '@tanstack/react-virtual';
import React, { useCallback, useRef } from 'react';
import type { Job } from '../api';
import { isFinal } from '../api';
import { useTrans } from './context';
import { useNow } from './hooks';
import { JobRow } from './jobrow';

const ROW_HEIGHT = 52;
const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  Home: -Infinity,
  End: Infinity
};

/** What the table shows and does. */
export interface IJobTableProps {
  jobs: readonly Job[];
  environmentName: (id: string) => string;
  isPending: (id: string) => boolean;
  selected?: string | null;
  onOpen: (id: string) => void;
  onStop?: (id: string) => void;
}

/** Jobs as rows, of which only the visible ones are in the page. Arrow keys move, Enter opens. */
export function JobTable(props: IJobTableProps): React.JSX.Element {
  const { jobs } = props;
  const trans = useTrans();
  const scroller = useRef<HTMLDivElement>(null);
  const now = useNow(jobs.some(job => !isFinal(job.state)));
  const rows = useVirtualizer({
    count: jobs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: index => jobs[index].id,
    overscan: 6
  });
  const focusRow = useFocusRow(scroller, index => rows.scrollToIndex(index));
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
              onStop={props.onStop}
            />
          </div>
        ))}
      </div>
    </div>
  );
}

/** Focus a row by its number; one out of sight is scrolled to and made first. */
function useFocusRow(
  scroller: React.RefObject<HTMLDivElement>,
  reveal: (index: number) => void
): (index: number) => void {
  return useCallback(
    index => {
      reveal(index);
      requestAnimationFrame(() =>
        scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus()
      );
    },
    [scroller, reveal]
  );
}

function keyHandler(
  count: number,
  focusRow: (index: number) => void
): (event: React.KeyboardEvent) => void {
  return event => {
    const step = STEPS[event.key];
    const at = (event.target as HTMLElement).dataset.index;
    if (step !== undefined && at !== undefined) {
      event.preventDefault();
      focusRow(Math.min(count - 1, Math.max(0, Number(at) + step)));
    }
  };
}
