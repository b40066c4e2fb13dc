import { formatValue } from '../../basics/format';
import { dashOf, span } from '../options';
import type { AxisKind, Ends } from '../view';
import type { IPicture } from './picture';
import { layOut } from './picture';

/** What is drawn: a table as uPlot has it, and what part of the plane it shows. */
export interface IPlane {
  data: readonly ArrayLike<number | null | undefined>[];
  x: Ends;
  y: Ends;
  axis: AxisKind;
  xLabel: string;
  logScale: boolean;
  width: number;
  height: number;
  /** How many columns of the table, after the first, stand behind the others. */
  shadows: number;
}

const [LEFT, RIGHT, TOP, BOTTOM] = [64, 12, 34, 44];
const TICKS = 6;
/** A guess of what a letter needs: there is nothing here that could measure. */
const LETTER = 6.6;

/** A chart as it is drawn now, with axes, title and legend, as SVG: sharp at any size, and its texts can be changed. */
export function svgOf(plane: IPlane, picture: IPicture): string {
  const { width, height } = plane;
  const legend = layOut(picture.entries, width, name => LETTER * name.length);
  const below = TOP + height + BOTTOM;
  const parts = [
    `<rect width="100%" height="100%" fill="${attribute(picture.background)}"/>`,
    `<text x="12" y="20" font-weight="bold">${text(picture.title)}</text>`,
    ...frame(plane),
    `<clipPath id="plane"><rect x="${LEFT}" y="${TOP}" width="${inner(plane)[0]}" height="${height}"/></clipPath>`,
    `<g fill="none" stroke-width="1.5" clip-path="url(#plane)">${lines(plane, picture).join('')}</g>`,
    ...legend.places.map(
      ({ entry, x, y }) =>
        `<path d="M${x} ${below + y}h16" stroke-width="2" ${stroke(entry.colour, entry.at)}/>` +
        `<text x="${x + 22}" y="${below + y + 4}">${text(entry.name)}</text>`
    )
  ];
  const tall = below + legend.height + 8;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${tall}" viewBox="0 0 ${width} ${tall}" ` +
    `font-family="sans-serif" font-size="12" fill="${attribute(picture.text)}">${parts.join('')}</svg>`
  );
}

function inner({ width, height }: IPlane): [number, number] {
  return [width - LEFT - RIGHT, height];
}

function placers(plane: IPlane): [(x: number) => number, (y: number) => number] {
  const [wide, tall] = inner(plane);
  const of = (value: number): number => (plane.logScale ? Math.log10(value) : value);
  const [low, high] = [of(plane.y[0]), of(plane.y[1])];
  return [
    x => LEFT + ((x - plane.x[0]) / (plane.x[1] - plane.x[0] || 1)) * wide,
    y => TOP + tall - ((of(y) - low) / (high - low || 1)) * tall
  ];
}

function lines(plane: IPlane, { entries }: IPicture): string[] {
  const [toX, toY] = placers(plane);
  const [places, ...columns] = plane.data;
  return columns.flatMap((values, column) => {
    const isShadow = column < plane.shadows;
    const entry = entries[isShadow ? column : column - plane.shadows];
    const path = pathOf(places, values, toX, toY);
    return entry && path
      ? [`<path d="${path}" ${stroke(entry.colour, entry.at)}${isShadow ? ' opacity="0.3"' : ''}/>`]
      : [];
  });
}

/** A line with a gap where a value is null; what is undefined only stands in no row of this curve. */
function pathOf(
  places: ArrayLike<number | null | undefined>,
  values: ArrayLike<number | null | undefined>,
  toX: (x: number) => number,
  toY: (y: number) => number
): string {
  let path = '';
  let isOpen = false;
  for (let row = 0; row < values.length; row++) {
    const [x, y] = [places[row], values[row]];
    if (typeof x === 'number' && typeof y === 'number') {
      path += `${isOpen ? 'L' : 'M'}${round(toX(x))} ${round(toY(y))}`;
      isOpen = true;
    } else {
      isOpen &&= y === undefined;
    }
  }
  return path;
}

function frame(plane: IPlane): string[] {
  const [toX, toY] = placers(plane);
  const [wide, tall] = inner(plane);
  const grid = 'stroke="currentColor" stroke-opacity="0.15"';
  const bottom = TOP + tall;
  return [
    ...ticksOf(plane.y, plane.logScale).map(
      value =>
        `<path d="M${LEFT} ${round(toY(value))}h${wide}" ${grid}/>` +
        `<text x="${LEFT - 6}" y="${round(toY(value)) + 4}" text-anchor="end">${text(formatValue(value))}</text>`
    ),
    ...ticksOf(plane.x, false).map(
      value =>
        `<path d="M${round(toX(value))} ${TOP}v${tall}" ${grid}/>` +
        `<text x="${round(toX(value))}" y="${bottom + 16}" text-anchor="middle">${text(written(plane.axis, value))}</text>`
    ),
    `<text x="${LEFT + wide / 2}" y="${bottom + 34}" text-anchor="middle">${text(plane.xLabel)}</text>`
  ];
}

function written(axis: AxisKind, value: number): string {
  return axis === 'clock'
    ? new Date(1000 * value).toISOString().slice(11, 19)
    : axis === 'elapsed'
      ? span(value)
      : formatValue(value);
}

/** Round numbers between two ends; powers of ten on a logarithmic axis. */
export function ticksOf([low, high]: Ends, isLog: boolean): number[] {
  if (isLog) {
    const [first, last] = [Math.ceil(Math.log10(low)), Math.floor(Math.log10(high))];
    return range(first, last).map(power => 10 ** power);
  }
  const rough = (high - low) / TICKS;
  if (!(rough > 0)) {
    return [low];
  }
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find(one => one * power >= rough) ?? 10);
  return range(Math.ceil(low / step), Math.floor(high / step)).map(at =>
    Number((at * step).toPrecision(12))
  );
}

function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
}

function stroke(colour: string, at: number): string {
  const dash = dashOf(at);
  return `stroke="${attribute(colour)}"${dash ? ` stroke-dasharray="${dash.join(' ')}"` : ''}`;
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}

function text(content: string): string {
  return content.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

function attribute(content: string): string {
  return text(content).replace(/"/g, '&quot;');
}
