import React from 'react';
import type { Job } from '../../api';
import { isFinal } from '../../api';
import { useTrans } from '../basics/context';

/** The jobs that must have succeeded before this one starts: those chosen, and those that can be. */
export function AfterField(props: {
  after: readonly string[];
  jobs: readonly Job[];
  onChange: (after: readonly string[]) => void;
  id?: string;
  'aria-describedby'?: string;
}): React.JSX.Element {
  const { after, jobs, onChange, id } = props;
  const trans = useTrans();
  const nameOf = (one: string): string => jobs.find(job => job.id === one)?.name ?? one;
  const open = jobs.filter(job => !isFinal(job.state) && !after.includes(job.id));
  return (
    <span className="crispdm-After">
      {after.map(one => (
        <span key={one} className="crispdm-Tag" title={one}>
          <span className="crispdm-mod-cut">{nameOf(one)}</span>
          <button
            type="button"
            aria-label={trans.__('Do not wait for %1', nameOf(one))}
            onClick={() => onChange(after.filter(other => other !== one))}
          >
            ×
          </button>
        </span>
      ))}
      <select
        className="crispdm-Input"
        id={id}
        aria-describedby={props['aria-describedby']}
        value=""
        disabled={open.length === 0}
        onChange={event => onChange([...after, event.target.value])}
      >
        <option value="">
          {open.length === 0 ? trans.__('No other job runs') : trans.__('Choose a job…')}
        </option>
        {open.map(job => (
          <option key={job.id} value={job.id}>
            {job.name}
          </option>
        ))}
      </select>
    </span>
  );
}
