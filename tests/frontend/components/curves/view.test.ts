import { describe, expect, it } from 'vitest';
import type { IRange, Move } from '../../../../src/components/curves/view';
import { after, moved, placed, zoomed } from '../../../../src/components/curves/view';

const ENDS = [0, 100] as const;
const at = (begin: number, end: number, isLive = false): IRange => ({ begin, end, isLive });

describe('a range', () => {
  it('stands where it is, or as wide at the newest point', () => {
    expect(placed(null, ENDS)).toBeNull();
    expect(placed(at(20, 30), ENDS)).toEqual([20, 30]);
    expect(placed(at(20, 30, true), ENDS)).toEqual([90, 100]);
    expect(placed(at(20, 30, true), null)).toEqual([20, 30]);
  });

  it.each([at(30, 30), at(30, 20), at(NaN, 20)])('is all where it has no width (%o)', range => {
    expect(placed(range, ENDS)).toBeNull();
  });

  it('goes closer about a place, and is all again from far enough away', () => {
    expect(zoomed([0, 100], ENDS, 0.5, 40, false)).toEqual(at(20, 70));
    expect(zoomed([20, 70], ENDS, 4, 40, false)).toBeNull();
  });

  it('goes no closer than numbers can tell', () => {
    const now = [1, 1 + 2 ** -52] as const;
    expect(zoomed(now, ENDS, 0.1, 1, false)).toEqual(at(...now));
  });

  it('follows the newest point once it is moved there, and stays where it is moved back', () => {
    expect(moved([70, 90], ENDS, 15)).toEqual(at(80, 100, true));
    expect(moved([80, 100], ENDS, -15)).toEqual(at(65, 85));
    expect(moved([0, 20], ENDS, -50)).toEqual(at(-10, 10));
  });

  const moves: [Move, IRange | null, IRange | null][] = [
    ['closer', null, at(50, 100, true)],
    ['closer', at(20, 40), at(25, 35)],
    ['wider', at(25, 35), at(20, 40)],
    ['wider', at(50, 100, true), null],
    ['earlier', at(40, 60), at(35, 55)],
    ['later', at(40, 60), at(45, 65)],
    ['later', at(80, 98), at(82, 100, true)],
    ['newest', at(10, 30), at(80, 100, true)],
    ['all', at(10, 30), null]
  ];
  it.each(moves)('after “%s” of %o is %o', (move, range, wanted) => {
    expect(after(move, range, ENDS)).toEqual(wanted);
  });
});
