import React, { useRef } from 'react';
import { useTrans } from '../basics/context';
import { formatBytes } from '../basics/format';

/** More marks than this are not told apart at any height. */
const MOST_MARKS = 300;
/** Milliseconds between two jumps while the pointer moves. */
const PAUSE = 80;

/** A bar beside a log that is longer than what of it is here: where the reader is, and a way to anywhere else. */
export function LogMap(props: {
  size: number;
  /** The bytes that can be seen. */
  first: number;
  last: number;
  /** Places that were found. */
  marks: readonly { at: number }[];
  onGo: (at: number) => void;
}): React.JSX.Element {
  const { size, first, last, marks, onGo } = props;
  const trans = useTrans();
  const told = useRef(0);
  const goTo = (event: React.PointerEvent<HTMLDivElement>): void => {
    const { top, height } = event.currentTarget.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientY - top) / height));
    onGo(Math.min(size - 1, Math.floor(share * size)));
  };
  const step = Math.max(1, last - first);
  const share = Math.min(1, first / Math.max(1, size - step)).toFixed(5);
  const height = `max(14px, ${percent(step / size)})`;
  const keys = new Map([
    ['ArrowDown', first + step / 2],
    ['ArrowUp', first - step / 2],
    ['PageDown', first + size / 20],
    ['PageUp', first - size / 20],
    ['Home', 0],
    ['End', size - 1]
  ]);
  return (
    <div
      className="crispdm-Log-map"
      role="slider"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={trans.__('Place in the log')}
      aria-valuemin={0}
      aria-valuemax={size}
      aria-valuenow={first}
      aria-valuetext={trans.__('%1 of %2', formatBytes(first), formatBytes(size))}
      onPointerDown={event => {
        event.currentTarget.setPointerCapture(event.pointerId);
        goTo(event);
      }}
      onPointerMove={event => {
        if (event.buttons === 1 && event.timeStamp - told.current > PAUSE) {
          told.current = event.timeStamp;
          goTo(event);
        }
      }}
      onPointerUp={goTo}
      onKeyDown={event => {
        const to = keys.get(event.key);
        if (to !== undefined) {
          event.preventDefault();
          onGo(Math.round(Math.min(size - 1, Math.max(0, to))));
        }
      }}
    >
      {marksOf(marks, size).map(top => (
        <span key={top} className="crispdm-Log-mapMark" style={{ top: percent(top) }} />
      ))}
      <span
        className="crispdm-Log-mapThumb"
        style={{ top: `calc(${share} * (100% - ${height}))`, height }}
      />
    </div>
  );
}

/** Where marks stand, as shares of the whole; those that fall together are one. */
function marksOf(marks: readonly { at: number }[], size: number): number[] {
  const slots = new Set(marks.map(({ at }) => Math.floor((at / size) * MOST_MARKS)));
  return [...slots].map(slot => slot / MOST_MARKS);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(3)}%`;
}
