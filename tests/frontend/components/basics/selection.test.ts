import { describe, expect, it } from 'vitest';
import { choose, chooseAll, modeOf, NOTHING } from '../../../../src/components/basics/selection';

describe('selection', () => {
  const rows = ['a', 'b', 'c', 'd'];
  const marked = ({ marked: ids }: typeof NOTHING) => [...ids].sort().join('');

  it('marks one, more, a range and all', () => {
    const one = choose(NOTHING, rows, 'b', 'only');
    expect(marked(one)).toBe('b');
    expect(marked(choose(one, rows, 'd', 'range'))).toBe('bcd');
    expect(marked(choose(choose(one, rows, 'd', 'range'), rows, 'a', 'range'))).toBe('ab');
    const two = choose(one, rows, 'd', 'toggle');
    expect(marked(two)).toBe('bd');
    expect(marked(choose(two, rows, 'd', 'toggle'))).toBe('b');
    expect(marked(chooseAll(two, rows))).toBe('abcd');
    expect(marked(chooseAll(chooseAll(two, rows), rows))).toBe('');
  });

  it('begins a range at the row itself when its start is gone', () => {
    const gone = { ...NOTHING, anchor: 'x' };
    expect(marked(choose(gone, rows, 'a', 'range'))).toBe('a');
  });

  it('reads the keys', () => {
    const keys = { shiftKey: false, ctrlKey: false, metaKey: false };
    expect(modeOf(keys)).toBe('only');
    expect(modeOf({ ...keys, metaKey: true })).toBe('toggle');
    expect(modeOf({ ...keys, ctrlKey: true, shiftKey: true })).toBe('range');
  });
});
