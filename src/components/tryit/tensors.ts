import type { TranslationBundle } from '@jupyterlab/translation';
import type { ITensorMetadata, OutputTensor, IRequestTensor } from '../../api/serving';

/** A column of a table that a model is asked with. */
export interface IColumn {
  name: string;
  isText: boolean;
}

/** Why rows are no question to the model. */
export class WrongRows extends Error {}

/**
 * The columns that a model takes; null where its inputs are no table: pictures, sequences.
 *
 * A table is one tensor of rows and so many columns, or a tensor of one column each.
 */
export function columnsOf(inputs: readonly ITensorMetadata[]): readonly IColumn[] | null {
  const columns = inputs.map(({ name, datatype, shape }) => {
    const width = shape.length === 1 ? 1 : shape.length === 2 ? shape[1] : 0;
    return width === 1 || (inputs.length === 1 && width > 0)
      ? Array.from({ length: width }, (_, at) => ({
          name: width === 1 ? name : `${name} ${at + 1}`,
          isText: datatype === 'BYTES'
        }))
      : null;
  });
  const found = columns.filter(column => column !== null);
  return found.length === inputs.length && found.length > 0 ? found.flat() : null;
}

/** Rows of texts as the model's tensors. A head with the columns' names puts them in order. Throws WrongRows. */
export function tensorsOf(
  trans: TranslationBundle,
  inputs: readonly ITensorMetadata[],
  given: readonly (readonly string[])[]
): IRequestTensor[] {
  const columns = columnsOf(inputs) ?? [];
  const rows = ordered(trans, columns, given);
  if (rows.length === 0) {
    throw new WrongRows(trans.__('There is no row.'));
  }
  const values = rows.map((row, at) =>
    columns.map((column, place) => valueOf(trans, column, row[place], at + 1))
  );
  const isOne = inputs.length === 1;
  return inputs.map(({ name, datatype, shape }, at) => ({
    name,
    datatype,
    shape: shape.length === 1 ? [rows.length] : [rows.length, isOne ? columns.length : 1],
    data: isOne ? values.flat() : values.map(row => row[at])
  }));
}

function ordered(
  trans: TranslationBundle,
  columns: readonly IColumn[],
  given: readonly (readonly string[])[]
): readonly (readonly string[])[] {
  const rows = given
    .map(row => row.map(text => text.trim()))
    .filter(row => row.some(text => text !== ''));
  const names = columns.map(({ name }) => name);
  const head = rows[0] ?? [];
  const isHead = names.every(name => head.includes(name));
  const body = isHead
    ? rows.slice(1).map(row => names.map(name => row[head.indexOf(name)] ?? ''))
    : rows;
  const wrong = body.findIndex(row => row.length !== columns.length);
  if (wrong >= 0) {
    throw new WrongRows(
      trans.__(
        'Row %1 has %2 values; the model takes %3: %4',
        wrong + 1,
        body[wrong].length,
        columns.length,
        names.slice(0, 10).join(', ')
      )
    );
  }
  return body;
}

function valueOf(
  trans: TranslationBundle,
  { name, isText }: IColumn,
  text: string,
  row: number
): string | number {
  if (isText) {
    return text;
  }
  const value = Number(text);
  if (text === '' || !Number.isFinite(value)) {
    throw new WrongRows(trans.__('Row %1, “%2”: “%3” is no number.', row, name, text));
  }
  return value;
}

/** The answer as columns beside the rows: numbers a class each are called by their classes. */
export function answersOf(
  outputs: readonly OutputTensor[],
  classes: readonly string[],
  rows: number
): { names: string[]; rows: string[][] } {
  const parts = outputs
    .filter(({ shape }) => shape[0] === rows)
    .map(({ name, data = [] }) => {
      const width = data.length / rows;
      const isPerClass = width === classes.length && width > 1;
      const names = Array.from({ length: width }, (_, at) =>
        width === 1 ? name : isPerClass ? classes[at] : `${name} ${at + 1}`
      );
      const cells = Array.from({ length: rows }, (_, row) =>
        data.slice(row * width, (row + 1) * width).map(shown)
      );
      return { names, cells };
    });
  return {
    names: parts.flatMap(({ names }) => names),
    rows: Array.from({ length: rows }, (_, row) => parts.flatMap(({ cells }) => cells[row]))
  };
}

function shown(value: unknown): string {
  return typeof value === 'number' && !Number.isInteger(value)
    ? String(Number(value.toPrecision(5)))
    : String(value);
}
