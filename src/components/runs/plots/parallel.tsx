import React, { useCallback, useMemo, useRef, useState } from 'react';
import { useTrans } from '../../basics/context';
import { labelOf } from '../fields';
import type { Draw } from './canvas';
import { useSize } from './canvas';
import { caught, stepFrom } from './choosing';
import type { IBrush } from './choosing';
import { short } from './scatter';
import type { IParallel } from './geometry';
import { axisAt, heightAt, lineAt, parallel } from './geometry';
import { Headings } from './headings';
import type { IScale } from './scale';
import { axisOf, scaleOf } from './scale';
import type { IRunPlotProps } from './surface';
import { Surface } from './surface';
import { useBrushes } from './usebrushes';

/** Pixels: how near one has to point to a line, and to an axis to mark a stretch of it. */
const NEAR = 10;
const ON_AXIS = 16;
/** Half the width of a marked stretch. */
const HALF = 7;

/** Many fields side by side: each run is a line that meets each axis at its value. */
export function ParallelPlot(
  props: IRunPlotProps & {
    axes: readonly string[];
    colour: string;
    onAxes: (axes: readonly string[]) => void;
  }
): React.JSX.Element {
  const { runs, axes, colour, selection, onSelection, onAxes } = props;
  const trans = useTrans();
  const host = useRef<HTMLDivElement>(null);
  const size = useSize(host);
  const scales = useMemo(() => axes.map(name => scaleOf(trans, runs, name)), [trans, runs, axes]);
  const drawn = useMemo(() => parallel(scales, size), [scales, size]);
  const [axis, setAxis] = useState(0);
  const onTheAxis = Math.min(axis, axes.length - 1);
  const brushes = useBrushes(props, axes, scales, drawn);
  const fields = [...new Set([...axes, colour].map(name => axisOf(name).field))];
  const heightOf = (row: number): number => drawn.ys[onTheAxis]?.[row] ?? drawn.none;
  return (
    <div className="crispdm-RunPlot" ref={host} data-plot="parallel">
      <Surface
        {...props}
        label={trans.__(
          'Parallel coordinates of %1',
          labelsOf(scales)
            .map(one => labelOf(trans, one))
            .join(', ')
        )}
        fields={fields.filter(field => field !== '')}
        size={size}
        draw={useDraw(drawn)}
        rowAt={([x, y]) => lineAt(drawn, x, y, NEAR)}
        spotOf={row => [drawn.xs[onTheAxis] ?? 0, heightOf(row)]}
        mark={row => <polyline className="crispdm-RunPlot-mark" points={pointsOf(drawn, row)} />}
        step={(key, row) => {
          const sideways = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
          setAxis(Math.min(axes.length - 1, Math.max(0, onTheAxis + sideways)));
          return sideways !== 0 ? row : stepOn(scales[onTheAxis], key, row);
        }}
        onStretch={(from, to) => brushes.stretch(onTheAxis, heightOf(from), heightOf(to))}
        onDrag={({ begin, now, mode, isOver }) => {
          const held = axisAt(drawn, begin[0]);
          setAxis(held);
          brushes.drag(held, [begin[1], now[1]], mode, isOver);
        }}
        onNowhere={([x], mode) => {
          const nearest = axisAt(drawn, x);
          if (Math.abs((drawn.xs[nearest] ?? Infinity) - x) < ON_AXIS && brushes.has(nearest)) {
            brushes.clear(nearest);
          } else if (mode === 'only') {
            onSelection(caught(selection, [], 'only'), true);
          }
        }}
      >
        <Axes drawn={drawn} scales={scales} brushes={brushes.shown} />
      </Surface>
      <Headings axes={axes} xs={drawn.xs} onAxes={onAxes} />
    </div>
  );
}

function labelsOf(scales: readonly IScale[]): readonly string[] {
  return scales.map(({ field }) => field);
}

function useDraw({ xs, ys }: IParallel): Draw {
  return useCallback(
    (context, row, colour) => {
      context.strokeStyle = colour;
      context.lineWidth = 1;
      context.beginPath();
      xs.forEach((x, at) => context.lineTo(x, ys[at][row]));
      context.stroke();
    },
    [xs, ys]
  );
}

function pointsOf({ xs, ys }: IParallel, row: number): string {
  return xs.map((x, at) => `${x},${ys[at][row]}`).join(' ');
}

/** Up and down lead along the axis. */
function stepOn(scale: IScale | undefined, key: string, row: number): number | null {
  const steps = new Map([
    ['ArrowUp', 1],
    ['ArrowDown', -1],
    ['Home', -Infinity],
    ['End', Infinity]
  ]);
  const by = steps.get(key);
  return by === undefined || scale === undefined ? null : stepFrom(scale.places, row, by);
}

function Axes(props: {
  drawn: IParallel;
  scales: readonly IScale[];
  brushes: readonly (IBrush | undefined)[];
}): React.JSX.Element {
  const { drawn, scales, brushes } = props;
  const trans = useTrans();
  const { xs, top, bottom, none } = drawn;
  return (
    <>
      {scales.map((scale, at) => {
        const [x, brush] = [xs[at], brushes[at]];
        const hasNone = scale.places.some(Number.isNaN);
        return (
          <g key={scale.key}>
            <line className="crispdm-RunPlot-axis" x1={x} x2={x} y1={top} y2={bottom} />
            {scale.marks.map(({ place, text }, mark) => (
              <text key={mark} x={x + 5} y={bottom - place * (bottom - top) + 4}>
                {short(text)}
              </text>
            ))}
            {hasNone && (
              <text x={x + 5} y={none + 4}>
                {trans.__('none')}
              </text>
            )}
            {brush && <Brush drawn={drawn} x={x} brush={brush} />}
          </g>
        );
      })}
    </>
  );
}

function Brush(props: { drawn: IParallel; x: number; brush: IBrush }): React.JSX.Element {
  const { drawn, x, brush } = props;
  const [from, to] = [heightAt(drawn, brush.high), heightAt(drawn, brush.low)];
  return (
    <rect
      className="crispdm-RunPlot-brush"
      x={x - HALF}
      y={from}
      width={2 * HALF}
      height={Math.max(2, to - from)}
    />
  );
}
