import React from 'react';

/** How far a job is, from 0 to 1; null when it runs without saying so. */
export function ProgressBar(props: { value: number | null; label: string }): React.JSX.Element {
  const { value, label } = props;
  const known = value === null ? {} : { 'aria-valuenow': Math.round(value * 100) };
  return (
    <div
      className="crispdm-Progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...known}
    >
      <div
        className={value === null ? 'crispdm-Progress-unknown' : 'crispdm-Progress-done'}
        style={value === null ? undefined : { transform: `scaleX(${value})` }}
      />
    </div>
  );
}
