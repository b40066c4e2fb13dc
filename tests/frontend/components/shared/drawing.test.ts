import { describe, expect, it } from 'vitest';
import { Drawing, grow } from '../../../../src/components/shared/whiteboard/drawing';
import type { IPiece, Mark } from '../../../../src/components/shared/whiteboard/marks';
import { readMark } from '../../../../src/components/shared/whiteboard/marks';

const piece = (stroke: string, points: number[], change: Partial<IPiece> = {}): IPiece => ({
  stroke,
  by: 'ann',
  ink: 0,
  width: 4,
  points,
  ...change
});
const strokes = (drawing: Drawing): string[] => [...drawing.pieces()].map(({ stroke }) => stroke);

describe('a drawing', () => {
  it('takes of a sheet what is new in it', () => {
    const drawing = new Drawing();
    const first = piece('a', [0, 0, 1, 1]);
    const second = piece('b', [5, 5]);
    expect(drawing.take(0, [first])).toEqual([first]);
    expect(drawing.take(0, [first, second])).toEqual([second]);
    expect(drawing.take(0, [first, second])).toEqual([]);
    expect(strokes(drawing)).toEqual(['a', 'b']);
  });

  it('makes one piece of those that go on with each other', () => {
    const drawing = new Drawing();
    drawing.take(0, [piece('a', [0, 0, 1, 1]), piece('a', [1, 1, 2, 2])]);
    expect([...drawing.pieces()]).toEqual([piece('a', [0, 0, 1, 1, 2, 2])]);
  });

  it('keeps apart what is not one line, or would be too long', () => {
    const pieces: Mark[] = [];
    grow(pieces, piece('a', [0, 0, 1, 1]));
    grow(pieces, piece('a', [7, 7, 8, 8]));
    grow(pieces, piece('b', [8, 8, 9, 9]));
    const long = Array.from({ length: 400 }, () => 9);
    grow(pieces, piece('b', long));
    expect(pieces.length).toBe(4);
  });

  it('shows old sheets before new ones, whenever they come', () => {
    const drawing = new Drawing();
    drawing.take(1, [piece('new', [0, 0])]);
    expect(drawing.take(0, [piece('old', [1, 1])])).toBeNull();
    expect(strokes(drawing)).toEqual(['old', 'new']);
  });

  it('leaves out what its author took back, and nothing that others drew', () => {
    const drawing = new Drawing();
    drawing.take(0, [piece('a', [0, 0]), piece('b', [1, 1], { by: 'bo' })]);
    expect(drawing.take(0, [piece('a', [0, 0]), {}, { undo: 'b', by: 'ann' }])).toBeNull();
    expect(strokes(drawing)).toEqual(['a', 'b']);
    drawing.undo('b', 'bo');
    expect(strokes(drawing)).toEqual(['a']);
    expect([drawing.newestOf('ann'), drawing.newestOf('bo')]).toEqual(['a', '']);
  });

  it('is read anew when a sheet has become shorter, and knows when it is empty', () => {
    const drawing = new Drawing();
    expect(drawing.isEmpty).toBe(true);
    drawing.take(0, [piece('a', [0, 0]), piece('b', [1, 1])]);
    expect(drawing.take(0, [piece('c', [2, 2])])).toBeNull();
    expect(strokes(drawing)).toEqual(['c']);
    expect(drawing.isEmpty).toBe(false);
    drawing.clear();
    expect(drawing.isEmpty).toBe(true);
  });
});

describe('a mark that anybody may have written', () => {
  // proves: shared.whiteboard-foreign
  it.each([
    null,
    7,
    'x',
    [],
    {},
    { by: 'ann' },
    { ...piece('a', [0, 0]), by: 7 },
    { ...piece('a', [0, 0]), by: 'x'.repeat(201) },
    { ...piece('a', [0, 0]), ink: 6 },
    { ...piece('a', [0, 0]), ink: 0.5 },
    { ...piece('a', [0, 0]), width: 1e9 },
    { ...piece('a', [0, 0]), width: 'x' },
    piece('a', []),
    piece('a', [1]),
    piece('a', [1, 2, 3]),
    piece('a', [1, NaN]),
    { ...piece('a', [0, 0]), points: 'xy' },
    { ...piece('a', [0, 0]), points: ['0', '1'] },
    piece(
      'a',
      Array.from({ length: 402 }, () => 1)
    )
  ])('is left out when it is none: %j', value => {
    expect(readMark(value)).toBeNull();
  });

  it('is read without what does not belong to it', () => {
    expect(readMark({ ...piece('a', [0, 0]), more: 1 })).toEqual(piece('a', [0, 0]));
    expect(readMark({ undo: 'a', by: 'ann', more: 1 })).toEqual({ undo: 'a', by: 'ann' });
  });
});
