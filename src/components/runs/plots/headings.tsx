import React, { useRef } from 'react';
import { useTrans } from '../../basics/context';
import { labelOf } from '../fields';
import { axisOf, reversed } from './scale';
import { capture } from './surface';

/** Pixels: a press that moves further moves the axis. */
const STILL = 4;
const [DOWN, UP] = ['↓', '↑'];

/** The names of the axes over them: each turns its axis round, moves it, or takes it away. */
export function Headings(props: {
  axes: readonly string[];
  xs: readonly number[];
  onAxes: (axes: readonly string[]) => void;
}): React.JSX.Element {
  const { axes, xs, onAxes } = props;
  const trans = useTrans();
  const gap = xs.length > 1 ? xs[1] - xs[0] : 200;
  return (
    <div className="crispdm-RunPlot-heads" role="group" aria-label={trans.__('Axes')}>
      {axes.map((name, at) => (
        <Heading
          key={axisOf(name).field}
          name={name}
          x={xs[at]}
          width={Math.max(48, Math.min(160, gap - 6))}
          onReverse={() => onAxes(axes.map(one => (one === name ? reversed(one) : one)))}
          onMove={by => onAxes(moved(axes, at, at + by))}
          onShift={pixels => onAxes(moved(axes, at, at + Math.round(pixels / gap)))}
          onRemove={() => onAxes(axes.filter(one => one !== name))}
        />
      ))}
    </div>
  );
}

function Heading(props: {
  name: string;
  x: number;
  width: number;
  onReverse: () => void;
  onMove: (by: number) => void;
  onShift: (pixels: number) => void;
  onRemove: () => void;
}): React.JSX.Element {
  const { name, x, width, onReverse, onMove, onShift, onRemove } = props;
  const trans = useTrans();
  const begin = useRef<number | null>(null);
  const { field, isReversed } = axisOf(name);
  const label = labelOf(trans, field);
  return (
    <span className="crispdm-RunPlot-head" style={{ left: x - width / 2, width }}>
      <button
        className="crispdm-RunPlot-name crispdm-mod-cut"
        aria-label={isReversed ? trans.__('%1, the least at the top', label) : label}
        title={trans.__(
          '%1\nClick: the other way round. Drag, or Shift with an arrow key: move. Delete: take it away.',
          label
        )}
        onPointerDown={event => {
          capture(event);
          begin.current = event.clientX;
        }}
        onPointerUp={event => {
          const shift = begin.current === null ? 0 : event.clientX - begin.current;
          if (Math.abs(shift) > STILL) {
            onShift(shift);
          }
        }}
        onClick={event => {
          // A drag ends with a click as well; one by a key has no place.
          const isStill = Math.abs(event.clientX - (begin.current ?? event.clientX)) <= STILL;
          if (event.detail === 0 || isStill) {
            onReverse();
          }
          begin.current = null;
        }}
        onKeyDown={event => {
          const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
          if (event.key === 'Delete') {
            onRemove();
          } else if (event.shiftKey && by !== 0) {
            onMove(by);
          } else {
            return;
          }
          event.preventDefault();
          event.stopPropagation();
        }}
      >
        {isReversed ? DOWN : UP} {label}
      </button>
      <button
        className="crispdm-MenuButton crispdm-RunPlot-remove"
        aria-label={trans.__('Take the axis “%1” away', label)}
        title={trans.__('Take the axis away')}
        onClick={onRemove}
      >
        ×
      </button>
    </span>
  );
}

/** The axes with one of them at another place. */
export function moved(axes: readonly string[], from: number, to: number): readonly string[] {
  const rest = axes.filter((_, at) => at !== from);
  const place = Math.min(rest.length, Math.max(0, to));
  return [...rest.slice(0, place), axes[from], ...rest.slice(place)];
}
