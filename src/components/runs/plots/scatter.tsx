import React, { useCallback, useMemo, useRef, useState } from 'react';
import { useTrans } from '../../basics/context';
import type { ISelection } from '../../basics/selection';
import { labelOf } from '../fields';
import type { Draw } from './canvas';
import { useSize } from './canvas';
import { caught, stepFrom } from './choosing';
import type { IScatter, ISize } from './geometry';
import { pointAt, pointsIn, scatter } from './geometry';
import type { IScale } from './scale';
import { axisOf, scaleOf } from './scale';
import type { IDrag, IRunPlotProps, Spot } from './surface';
import { Surface } from './surface';

/** Pixels: how big a point is, smaller where there are many, and how near one has to point. */
const [RADIUS, SMALL, NEAR] = [4, 2.5, 14];
const MANY = 2000;

/** Two fields against each other: each run is a point. */
export function ScatterPlot(
  props: IRunPlotProps & { x: string; y: string; colour: string }
): React.JSX.Element {
  const { runs, selection, onSelection, x, y, colour } = props;
  const trans = useTrans();
  const host = useRef<HTMLDivElement>(null);
  const size = useSize(host);
  const across = useMemo(() => scaleOf(trans, runs, x), [trans, runs, x]);
  const upright = useMemo(() => scaleOf(trans, runs, y), [trans, runs, y]);
  const drawn = useMemo(() => scatter(across, upright, size), [across, upright, size]);
  const draw = useDraw(drawn);
  const { box, onDrag } = useBox(props, drawn);
  const [xLabel, yLabel] = [across, upright].map(({ field }) => labelOf(trans, field));
  const missing = runs.length - drawn.count;
  return (
    <div className="crispdm-RunPlot" ref={host} data-plot="scatter">
      <Surface
        {...props}
        label={trans.__('%1 over %2', yLabel, xLabel)}
        fields={told([x, y, colour])}
        size={size}
        draw={draw}
        rowAt={([left, top]) => pointAt(drawn, left, top, NEAR)}
        spotOf={row => spotOf(drawn, row)}
        mark={row => <Mark drawn={drawn} row={row} />}
        step={(key, row) => stepOf(across, upright, key, row)}
        onDrag={onDrag}
        onNowhere={(_, mode) => {
          if (mode === 'only') {
            onSelection(caught(selection, [], 'only'), true);
          }
        }}
        ground={<Axes drawn={drawn} x={across} y={upright} size={size} labels={[xLabel, yLabel]} />}
      >
        {box && <Box box={box} />}
      </Surface>
      {missing > 0 && (
        <span className="crispdm-RunPlot-note">
          {trans._n('%1 run has no place here', '%1 runs have no place here', missing)}
        </span>
      )}
    </div>
  );
}

/** The fields that a run tells, each once. */
function told(fields: readonly string[]): readonly string[] {
  return [...new Set(fields.map(name => axisOf(name).field))].filter(field => field !== '');
}

function useDraw(drawn: IScatter): Draw {
  return useCallback(
    (context, row, colour) => {
      const [x, y] = [drawn.xs[row], drawn.ys[row]];
      if (!Number.isNaN(x)) {
        context.fillStyle = colour;
        context.globalAlpha = 0.8;
        context.beginPath();
        context.arc(x, y, drawn.count > MANY ? SMALL : RADIUS, 0, 2 * Math.PI);
        context.fill();
      }
    },
    [drawn]
  );
}

/** The box that is dragged, and the choice of what is in it. */
function useBox(
  { runs, selection, onSelection }: IRunPlotProps,
  drawn: IScatter
): { box: IDrag | null; onDrag: (drag: IDrag) => void } {
  const [box, setBox] = useState<IDrag | null>(null);
  const before = useRef<ISelection | null>(null);
  const onDrag = (drag: IDrag): void => {
    const { begin, now, mode, isOver } = drag;
    before.current ??= selection;
    const rows = pointsIn(drawn, [begin[0], now[0]], [begin[1], now[1]]);
    const ids = rows.map(row => runs[row].id);
    onSelection(caught(before.current, ids, mode), isOver);
    before.current = isOver ? null : before.current;
    setBox(isOver ? null : drag);
  };
  return { box, onDrag };
}

function Box({ box: { begin, now } }: { box: IDrag }): React.JSX.Element {
  return (
    <rect
      className="crispdm-RunPlot-brush"
      x={Math.min(begin[0], now[0])}
      y={Math.min(begin[1], now[1])}
      width={Math.abs(now[0] - begin[0])}
      height={Math.abs(now[1] - begin[1])}
    />
  );
}

function spotOf({ xs, ys }: IScatter, row: number): Spot | null {
  return Number.isNaN(xs[row]) ? null : [xs[row], ys[row]];
}

function Mark({ drawn, row }: { drawn: IScatter; row: number }): React.JSX.Element | null {
  const spot = spotOf(drawn, row);
  return (
    spot && <circle className="crispdm-RunPlot-mark" cx={spot[0]} cy={spot[1]} r={RADIUS + 3} />
  );
}

/** Left and right lead along one axis, up and down along the other. */
function stepOf(x: IScale, y: IScale, key: string, row: number): number | null {
  const both = x.places.map((place, at) => (Number.isNaN(y.places[at]) ? NaN : place));
  const upright = y.places.map((place, at) => (Number.isNaN(x.places[at]) ? NaN : place));
  switch (key) {
    case 'ArrowRight':
      return stepFrom(both, row, 1);
    case 'ArrowLeft':
      return stepFrom(both, row, -1);
    case 'ArrowUp':
      return stepFrom(upright, row, 1);
    case 'ArrowDown':
      return stepFrom(upright, row, -1);
    case 'Home':
      return stepFrom(both, row, -Infinity);
    case 'End':
      return stepFrom(both, row, Infinity);
    default:
      return null;
  }
}

function Axes(props: {
  drawn: IScatter;
  x: IScale;
  y: IScale;
  size: ISize;
  labels: readonly string[];
}): React.JSX.Element {
  const { drawn, x, y, size, labels } = props;
  const { left, right, top, bottom } = drawn;
  const middle = (top + bottom) / 2;
  return (
    <>
      {x.marks.map(({ place, text }, at) => {
        const on = left + place * (right - left);
        return (
          <g key={at}>
            <line x1={on} x2={on} y1={top} y2={bottom} />
            <text x={on} y={bottom + 16} textAnchor="middle">
              {short(text)}
            </text>
          </g>
        );
      })}
      {y.marks.map(({ place, text }, at) => {
        const on = bottom - place * (bottom - top);
        return (
          <g key={at}>
            <line x1={left} x2={right} y1={on} y2={on} />
            <text x={left - 6} y={on + 4} textAnchor="end">
              {short(text)}
            </text>
          </g>
        );
      })}
      <text
        className="crispdm-RunPlot-title"
        x={(left + right) / 2}
        y={size.height - 6}
        textAnchor="middle"
      >
        {labels[0]}
      </text>
      <text
        className="crispdm-RunPlot-title"
        transform={`translate(11 ${middle}) rotate(-90)`}
        textAnchor="middle"
      >
        {labels[1]}
      </text>
    </>
  );
}

/** Letters that fit beside an axis. */
const MOST_LETTERS = 9;

/** A word that fits beside an axis. */
export function short(text: string): string {
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS - 1)}…` : text;
}
