import { describe, expect, it } from 'vitest';
import { aligned } from '../../../../../src/components/curves/rows/aligned';
import type { IRows } from '../../../../../src/components/curves/rows/reduced';
import { Choices } from '../../../random';

const rows = (x: number[], y: number[]): IRows => ({
  x: Float64Array.from(x),
  y: Float64Array.from(y)
});

/** Curves of so many points, each at places of its own. */
function crowd(curves: number, points: number): IRows[] {
  const choices = new Choices(7);
  return Array.from({ length: curves }, (_, at) => {
    const x = Array.from({ length: points }, (_, index) => index + at / curves);
    return rows(
      x,
      x.map(() => choices.below(1000) / 10)
    );
  });
}

const numbers = (column: ArrayLike<number | null | undefined>): number[] =>
  Array.from(column).filter(value => typeof value === 'number');

describe('aligned', () => {
  it('joins few points exactly', () => {
    const table = aligned([rows([0, 2], [1, 2]), rows([1, 2], [5, NaN])], 400, null);
    expect(table.map(column => Array.from(column))).toEqual([
      [0, 1, 2],
      [1, undefined, 2],
      [undefined, 5, null]
    ]);
  });

  it('puts a crowd into the columns that can be seen, with the lowest and highest of each curve', () => {
    const tables = crowd(50, 1000);
    const table = aligned(tables, 300, null);
    expect(table[0]).toHaveLength(602);
    tables.forEach(({ y }, at) => {
      const drawn = numbers(table[at + 1]);
      expect(Math.min(...drawn)).toBe(Math.min(...y));
      expect(Math.max(...drawn)).toBe(Math.max(...y));
    });
    expect([...table[0]]).toEqual([...table[0]].sort((a, b) => a - b));
  });

  it('begins and ends where a line crosses the range', () => {
    const tables = [rows([0, 10], [0, 10]), ...crowd(60, 400)];
    const table = aligned(tables, 200, [4, 6]);
    expect([table[0][0], table[0].at(-1)]).toEqual([4, 6]);
    expect([table[1][0], table[1].at(-1)]).toEqual([4, 6]);
    expect(numbers(table[1])).toHaveLength(2);
  });

  it('leaves out what begins later, and has a gap where there is no number', () => {
    const late = rows([5, 6, 7], [1, NaN, 3]);
    const table = aligned([late, ...crowd(60, 400)], 399, [0, 399]);
    expect(numbers(table[1])).toEqual([1, 3]);
    expect(table[1][0]).toBeUndefined();
    expect(Array.from(table[1])).toContain(null);
  });
});
