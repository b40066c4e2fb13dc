import React from 'react';
import type { Verdict } from '../../api';
import { useTrans } from '../basics/context';
import { toneOf, VERDICT_SHAPES, verdictLabel } from './verdict';

/** What curves say, in a word beside a small picture; why, when the pointer rests on it. */
export function DiagnosisBadge(props: { verdict: Verdict; reason: string }): React.JSX.Element {
  const { verdict, reason } = props;
  const label = verdictLabel(useTrans(), verdict);
  return (
    <span
      className="crispdm-Diagnosis-badge"
      data-verdict={verdict}
      data-tone={toneOf(verdict)}
      title={reason}
    >
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <path d={VERDICT_SHAPES[verdict]} />
      </svg>
      {label}
    </span>
  );
}
