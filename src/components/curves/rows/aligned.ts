import uPlot from 'uplot';
import type { IRows, Range } from './reduced';
import { haveSameSteps } from './reduced';

/** More places times curves than this are not joined: they are put into the columns that can be seen. */
const MOST_JOINED = 60_000;

/** One table of curves, which uPlot draws: their places in the first column, then the values of each. */
export function aligned(
  tables: readonly IRows[],
  columns: number,
  range: Range | null
): uPlot.AlignedData {
  if (tables.length > 0 && haveSameSteps(tables)) {
    return [tables[0].x, ...tables.map(({ y }) => gapped(y))];
  }
  const rows = tables.reduce((sum, { x }) => sum + x.length, 0);
  const ends = range ?? endsOf(tables);
  return rows * tables.length > MOST_JOINED && ends !== null
    ? inColumns(tables, columns, ends)
    : uPlot.join(tables.map(({ x, y }) => [x, gapped(y)]));
}

/** Values with null, which is a gap to uPlot, where there is no number. */
function gapped(values: Float64Array): Float64Array | (number | null)[] {
  return values.some(Number.isNaN)
    ? Array.from(values, value => (Number.isNaN(value) ? null : value))
    : values;
}

function endsOf(tables: readonly IRows[]): Range | null {
  const full = tables.filter(({ x }) => x.length > 0);
  return full.length === 0
    ? null
    : [Math.min(...full.map(({ x }) => x[0])), Math.max(...full.map(({ x }) => x[x.length - 1]))];
}

type Cells = (number | null | undefined)[];

/**
 * Two places in each column of the canvas, the same for all curves: the lowest and the highest value that a curve has
 * there. At both ends of the range stands where its line crosses it.
 */
function inColumns(
  tables: readonly IRows[],
  columns: number,
  [begin, end]: Range
): uPlot.AlignedData {
  const width = (end - begin) / columns || 1;
  const x = new Float64Array(2 * columns + 2);
  for (let column = 0; column < columns; column++) {
    x[1 + 2 * column] = begin + (column + 0.25) * width;
    x[2 + 2 * column] = begin + (column + 0.75) * width;
  }
  [x[0], x[2 * columns + 1]] = [begin, end];
  return [x, ...tables.map(rows => cellsOf(rows, columns, begin, end, width))];
}

function cellsOf(rows: IRows, columns: number, begin: number, end: number, width: number): Cells {
  const { x, y } = rows;
  const cells: Cells = new Array<undefined>(2 * columns + 2).fill(undefined);
  cells[0] = crossing(rows, begin);
  cells[2 * columns + 1] = crossing(rows, end);
  for (let row = 0; row < x.length; row++) {
    if (x[row] >= begin && x[row] <= end) {
      const column = Math.min(columns - 1, Math.floor((x[row] - begin) / width));
      put(cells, 1 + 2 * column, y[row]);
    }
  }
  return cells;
}

/** Keep the lowest and the highest in a pair of cells, in the order in which they came. */
function put(cells: Cells, at: number, value: number): void {
  const [first, second] = [cells[at], cells[at + 1]];
  if (Number.isNaN(value)) {
    cells[at] = first === undefined ? null : first;
  } else if (first === undefined || first === null) {
    cells[at] = value;
  } else if (second === undefined || second === null) {
    cells[at + 1] = value;
  } else if (value < Math.min(first, second)) {
    cells[first < second ? at : at + 1] = value;
  } else if (value > Math.max(first, second)) {
    cells[first < second ? at + 1 : at] = value;
  }
}

/** The height of a line where it crosses a place; undefined where it does not. */
function crossing({ x, y }: IRows, place: number): number | undefined {
  let right = 0;
  while (right < x.length && x[right] < place) {
    right++;
  }
  if (right === x.length || (right === 0 && x[0] !== place)) {
    return undefined;
  }
  if (x[right] === place) {
    return Number.isNaN(y[right]) ? undefined : y[right];
  }
  const share = (place - x[right - 1]) / (x[right] - x[right - 1]);
  const height = y[right - 1] + share * (y[right] - y[right - 1]);
  return Number.isNaN(height) ? undefined : height;
}
