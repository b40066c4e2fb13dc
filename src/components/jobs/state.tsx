import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import type { JobState } from '../../api';
import { useTrans } from '../basics/context';

/** Each state has a shape of its own, so that it is not told by colour alone. */
const SHAPES: Record<JobState, React.JSX.Element> = {
  queued: <path d="M8 4.2V8l2.6 1.6M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8" />,
  starting: <path d="M8 1.8A6.2 6.2 0 0 1 14.2 8" />,
  running: <path d="M8 1.8a6.2 6.2 0 1 1-6.2 6.2" />,
  stopping: <path d="M8 1.8A6.2 6.2 0 0 1 14.2 8M6 6h4v4H6z" />,
  succeeded: <path d="M5 8.2l2.2 2.3L11.2 6M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8" />,
  failed: (
    <path d="M5.6 5.6l4.8 4.8m0-4.8l-4.8 4.8M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8" />
  ),
  stopped: <path d="M5.8 5.8h4.4v4.4H5.8zM8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8" />,
  lost: (
    <path d="M6.2 6.4a1.9 1.9 0 1 1 2.6 1.8c-.5.2-.8.6-.8 1.2M8 11.4v.2M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8" />
  )
};

/** The state of a job in words. */
export function stateLabel(trans: TranslationBundle, state: JobState): string {
  const labels: Record<JobState, string> = {
    queued: trans.__('Queued'),
    starting: trans.__('Starting'),
    running: trans.__('Running'),
    stopping: trans.__('Stopping'),
    succeeded: trans.__('Succeeded'),
    failed: trans.__('Failed'),
    stopped: trans.__('Stopped'),
    lost: trans.__('Lost')
  };
  return labels[state];
}

/** The state of a job as a small picture. */
export function StateIcon({ state }: { state: JobState }): React.JSX.Element {
  const label = stateLabel(useTrans(), state);
  return (
    <span
      className="crispdm-StateIcon"
      data-state={state}
      role="img"
      aria-label={label}
      title={label}
    >
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        {SHAPES[state]}
      </svg>
    </span>
  );
}
