import React from 'react';
import type { Spot } from './surface';

/** Somebody's pointer on the board. */
export interface ICursor {
  readonly session: string;
  readonly name: string;
  /** One of eight. */
  readonly color: number;
  readonly spot: Spot;
}

/** The pointers of the others, each with a name. Beyond the middle the name stands to the left, so that it is not cut. */
export function Cursors({ cursors }: { cursors: readonly ICursor[] }): React.JSX.Element {
  return (
    <div className="crispdm-Board-cursors" aria-hidden="true">
      {cursors.map(({ session, name, color, spot: [x, y] }) => (
        <span
          key={session}
          className="crispdm-Board-cursor"
          data-color={color}
          data-side={x > 0.5 ? 'left' : 'right'}
          style={{ left: `${100 * x}%`, top: `${100 * y}%` }}
        >
          <span>{name}</span>
        </span>
      ))}
    </div>
  );
}
