import { describe, expect, it } from 'vitest';
import type { IRows } from '../../../../src/api/live/folds';
import { TableFold, ValueFold } from '../../../../src/api/live/folds';

interface IRow {
  id: string;
  n: number;
}

const aTable = () =>
  new TableFold<IRow, IRows<IRow>>(
    row => row.id,
    data => data
  );
const rowsOf = (table: ReturnType<typeof aTable>) =>
  [...table.rows.values()].map(({ id, n }) => `${id}${n}`);

describe('ValueFold', () => {
  it('knows nothing before the first message and the newest after each', () => {
    const fold = new ValueFold<number>();
    expect(fold.value).toBeNull();
    fold.take(0);
    expect(fold.value).toBe(0);
    fold.take(2);
    expect(fold.value).toBe(2);
  });
});

describe('TableFold', () => {
  it('puts a changed row in the place of the old one, and a new one at the end', () => {
    const table = aTable();
    table.take({
      whole: [
        { id: 'a', n: 1 },
        { id: 'b', n: 1 }
      ]
    });
    table.take({ changed: { id: 'a', n: 2 } });
    table.take({ changed: { id: 'c', n: 1 } });
    expect(rowsOf(table)).toEqual(['a2', 'b1', 'c1']);
  });

  it('forgets with a whole what is not in it, also all', () => {
    const table = aTable();
    table.take({
      whole: [
        { id: 'a', n: 1 },
        { id: 'b', n: 1 }
      ]
    });
    table.take({ whole: [{ id: 'b', n: 2 }] });
    expect(rowsOf(table)).toEqual(['b2']);
    table.take({ whole: [] });
    expect(rowsOf(table)).toEqual([]);
  });

  it('takes a row away, and bears that one is told gone twice or was never there', () => {
    const table = aTable();
    table.take({
      whole: [
        { id: 'a', n: 1 },
        { id: 'b', n: 1 }
      ]
    });
    table.take({ deleted: 'a' });
    table.take({ deleted: 'a' });
    table.take({ deleted: 'never' });
    expect(rowsOf(table)).toEqual(['b1']);
  });

  it('takes a row that comes back after it was gone', () => {
    const table = aTable();
    table.take({ changed: { id: 'a', n: 1 } });
    table.take({ deleted: 'a' });
    table.take({ changed: { id: 'a', n: 2 } });
    expect(rowsOf(table)).toEqual(['a2']);
  });

  it('keeps rows whose keys are names of an object’s own things', () => {
    const table = aTable();
    table.take({
      whole: [
        { id: '__proto__', n: 1 },
        { id: 'constructor', n: 1 },
        { id: '', n: 1 }
      ]
    });
    expect(table.rows.size).toBe(3);
    table.take({ deleted: '__proto__' });
    expect(rowsOf(table)).toEqual(['constructor1', '1']);
  });

  it('changes nothing at a message that says nothing', () => {
    const table = aTable();
    table.take({ changed: { id: 'a', n: 1 } });
    table.take({});
    expect(rowsOf(table)).toEqual(['a1']);
  });
});
