import { describe, expect, it } from 'vitest';
import { TypeAhead } from '../../../../../src/components/files/list/typeahead';

const NAMES = ['alpha', 'Beta', 'beat it', 'gamma', '数据.csv'];

/** Types letters, so many milliseconds apart, and says where each led to. */
function typed(text: string, apart = 100, from = 0): (number | null)[] {
  const ahead = new TypeAhead();
  let row = from;
  return [...text].map((key, index) => {
    const found = ahead.find(key, index * apart, NAMES, row);
    row = found ?? row;
    return found;
  });
}

describe('letters that lead to a name', () => {
  it('are put together while they are typed', () => {
    expect(typed('beat')).toEqual([1, 1, 2, 2]);
    expect(typed('数')).toEqual([4]);
  });

  it('begin anew after a pause', () => {
    expect(typed('bg', 2000)).toEqual([1, 3]);
  });

  it('go on to the next name when it is the same letter', () => {
    expect(typed('bbb')).toEqual([1, 2, 1]);
  });

  it('lead nowhere when there is no such name', () => {
    expect(typed('x')).toEqual([null]);
    expect(new TypeAhead().find('a', 0, [], 0)).toBeNull();
  });

  it('are letters alone; a space only within a name', () => {
    const ahead = new TypeAhead();
    expect([ahead.takes('a', 0), ahead.takes('F2', 0), ahead.takes(' ', 0)]).toEqual([
      true,
      false,
      false
    ]);
    'beat'.split('').forEach((key, at) => ahead.find(key, at, NAMES, 0));
    expect(ahead.takes(' ', 50)).toBe(true);
    expect(ahead.find(' ', 50, NAMES, 2)).toBe(2);
    expect(ahead.takes(' ', 5000)).toBe(false);
  });
});
