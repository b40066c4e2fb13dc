import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Board } from '../../../../src/components/shared/whiteboard/board';
import type { Added } from '../../../../src/components/shared/whiteboard/drawing';
import type { IPiece } from '../../../../src/components/shared/whiteboard/marks';
import { FakeStates, FakeValues, refusal } from '../../shared';

let server: FakeValues;
const boards: Board[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeValues();
});
afterEach(() => {
  boards.splice(0).forEach(board => board.dispose());
  vi.useRealTimers();
});

/** The board of one page, and what it was told to draw. */
function open(name = 'plan'): { board: Board; added: Added[] } {
  const board = new Board(new FakeStates(server), name);
  boards.push(board);
  const added: Added[] = [];
  board.added.connect((_, pieces) => void added.push(pieces), added);
  return { board, added };
}

const piece = (stroke: string, x = 0, by = 'ann'): IPiece => ({
  stroke,
  by,
  ink: 0,
  width: 4,
  points: [x, x, x + 1, x + 1]
});
const pass = (milliseconds = 60): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);
const strokes = (board: Board): string[] => board.pieces().map(({ stroke }) => stroke);

describe('a board', () => {
  // proves: shared.whiteboard
  it('shows to others what is drawn, piece by piece, and here at once', async () => {
    const [mine, others] = [open(), open()];
    mine.board.draw(piece('a'));
    expect(mine.added).toEqual([[piece('a')]]);
    expect(others.added).toEqual([]);
    await pass();
    expect(others.added).toEqual([[piece('a')]]);
    mine.board.draw(piece('a', 1));
    await pass();
    expect(others.added.at(-1)).toEqual([piece('a', 1)]);
    expect(mine.added).toHaveLength(2);
    expect(others.board.pieces()).toEqual([{ ...piece('a'), points: [0, 0, 1, 1, 2, 2] }]);
  });

  it('sends what was drawn meanwhile together: one write at a time', async () => {
    const { board } = open();
    for (let x = 0; x < 30; x++) {
      board.draw(piece('a', x));
    }
    await pass();
    expect(server.writes).toBe(1);
    expect(server.values.get('board:plan:0:0')).toHaveLength(1);
  });

  // proves: shared.whiteboard-undo
  it("takes back one's own newest stroke, also one that was not sent", async () => {
    const [mine, others] = [open(), open()];
    others.board.draw(piece('theirs', 5, 'bo'));
    mine.board.draw(piece('a'));
    await pass();
    mine.board.draw(piece('b', 9));
    mine.board.undo('ann');
    expect(strokes(mine.board)).toEqual(['theirs', 'a']);
    mine.board.undo('ann');
    mine.board.undo('ann');
    await pass();
    expect(strokes(mine.board)).toEqual(['theirs']);
    expect(strokes(others.board)).toEqual(['theirs']);
    expect([mine.board.newestOf('ann'), mine.board.newestOf('bo')]).toEqual(['', 'theirs']);
  });

  // proves: shared.whiteboard-clear
  it('is cleared for everybody, and nothing of it stays on the server', async () => {
    const [mine, others] = [open(), open()];
    mine.board.draw(piece('a'));
    await pass();
    await others.board.clear();
    await pass();
    expect([mine.board.isEmpty, others.board.isEmpty]).toEqual([true, true]);
    expect([...server.values.keys()]).toEqual(['board:plan']);
    mine.board.draw(piece('b'));
    await pass();
    expect(strokes(others.board)).toEqual(['b']);
  });

  // proves: shared.whiteboard-many
  it('begins another sheet when one is full, and follows the newest two only', async () => {
    const { board } = open();
    for (let at = 0; at < 900; at++) {
      board.draw(piece(`s${at}`, at));
      if (at % 50 === 0) {
        await pass();
      }
    }
    await pass(2000);
    const sheets = [...server.values.keys()].filter(key => key.startsWith('board:plan:'));
    expect(sheets.length).toBeGreaterThan(2);
    const late = open().board;
    await pass();
    expect(strokes(late)).toEqual(Array.from({ length: 900 }, (_, at) => `s${at}`));
    expect(late.isReady).toBe(true);
    boards[0].dispose();
    const followed = [...server.followed].filter(([, count]) => count > 0).map(([key]) => key);
    expect(followed.sort()).toEqual(['board:plan', ...sheets.slice(-2)].sort());
  });

  it('says when the server is away, keeps what was drawn, and sends it later', async () => {
    const [mine, others] = [open(), open()];
    server.failures = [refusal(503, 'The server is away.')];
    mine.board.draw(piece('a'));
    await pass();
    expect(mine.board.error).toBe('The server is away.');
    expect(strokes(mine.board)).toEqual(['a']);
    await pass(1100);
    expect(mine.board.error).toBe('');
    expect(strokes(others.board)).toEqual(['a']);
  });

  it('drops what the server refuses for good, and says why', async () => {
    const { board, added } = open();
    server.failures = [refusal(403, 'You may not draw here.')];
    board.draw(piece('a'));
    await pass();
    expect(board.error).toBe('You may not draw here.');
    expect([strokes(board), added.at(-1)]).toEqual([[], null]);
    await pass(5000);
    expect(server.writes).toBe(0);
  });

  it('takes a head that is none as the first drawing', async () => {
    server.write('board:plan', { drawing: '../x', sheets: 'many' });
    const { board } = open();
    board.draw(piece('a'));
    await pass();
    expect(server.values.has('board:plan:0:0')).toBe(true);
  });

  // proves: shared.whiteboard
  it('keeps what is drawn before it is known what is there', async () => {
    const states = new FakeStates(server);
    states.standing.isReady = false;
    const board = new Board(states, 'plan');
    boards.push(board);
    board.draw(piece('early'));
    await pass(5000);
    expect([strokes(board), server.writes]).toEqual([['early'], 0]);
    const others = open();
    others.board.draw(piece('theirs', 0, 'bo'));
    states.becomeReady();
    await pass();
    expect(strokes(board).sort()).toEqual(['early', 'theirs']);
    expect(strokes(others.board).sort()).toEqual(['early', 'theirs']);
  });

  // proves: shared.whiteboard
  it('lets go of everything, once what was drawn last has arrived', async () => {
    const [{ board }, { board: others }] = [open('Ideas for 2027'), open('Ideas for 2027')];
    board.draw(piece('a'));
    await pass(50);
    board.draw(piece('b'));
    board.dispose();
    await pass();
    expect(strokes(others)).toEqual(['a', 'b']);
    others.dispose();
    expect([...server.followed.values()].every(count => count === 0)).toBe(true);
    expect(server.writes).toBe(2);
  });

  // proves: shared.whiteboard
  it('sends what was drawn last also where a write is on its way', async () => {
    const [{ board }, { board: others }] = [open(), open()];
    const answers = server.hold();
    board.draw(piece('a'));
    await pass(50);
    board.draw(piece('b'));
    board.dispose();
    answers.splice(0).forEach(answer => answer());
    await pass();
    answers.splice(0).forEach(answer => answer());
    await pass();
    expect(strokes(others)).toEqual(['a', 'b']);
  });
});
