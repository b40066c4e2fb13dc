import React from 'react';
import type { JobState } from '../../api';
import { useTrans } from '../basics/context';
import { StateIcon, stateLabel } from '../jobs/state';

const SHOWN: readonly JobState[] = [
  'queued',
  'starting',
  'running',
  'stopping',
  'succeeded',
  'failed',
  'stopped',
  'lost'
];

/** The states that there are, each with its number; those that are pressed are shown. */
export function StateChips(props: {
  counts: ReadonlyMap<JobState, number>;
  pressed: readonly JobState[];
  onToggle: (state: JobState) => void;
}): React.JSX.Element {
  const { counts, pressed, onToggle } = props;
  const trans = useTrans();
  return (
    <div className="crispdm-Chips" role="group" aria-label={trans.__('States')}>
      {SHOWN.filter(state => counts.has(state) || pressed.includes(state)).map(state => (
        <button
          key={state}
          className="crispdm-Chip"
          aria-pressed={pressed.includes(state)}
          onClick={() => onToggle(state)}
        >
          <StateIcon state={state} />
          {stateLabel(trans, state)}
          <span className="crispdm-Chip-count">{(counts.get(state) ?? 0).toLocaleString()}</span>
        </button>
      ))}
    </div>
  );
}
