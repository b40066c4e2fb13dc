import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LogSearch, marksIn, withoutColours } from '../../../../src/components/logs/search';
import { FakeLog } from '../../support';

const query = (text: string, change = {}) => ({ text, regex: false, matchCase: false, ...change });
const settled = () => vi.advanceTimersByTimeAsync(0);

/** Answers of a log, each as it was when it was asked and given when the test says so. */
function heldAnswers(log: FakeLog): (() => void)[] {
  const [answers, search] = [[] as (() => void)[], log.search.bind(log)];
  log.search = (...asked) => {
    const answer = search(...asked);
    return new Promise(done => answers.push(() => done(answer)));
  };
  return answers;
}

describe('LogSearch', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('finds all places, in order, with the bytes of their lines', async () => {
    const told = vi.fn();
    const search = new LogSearch(new FakeLog(['a loss', 'none', 'LOSS loss']), query('loss'), told);
    expect(search.isRunning).toBe(true);
    await settled();
    expect(search.isRunning).toBe(false);
    expect(told).toHaveBeenCalled();
    expect(search.places).toEqual([
      { at: 0, start: 2, end: 6 },
      { at: 12, start: 0, end: 4 },
      { at: 12, start: 5, end: 9 }
    ]);
    expect(search.of(12)).toEqual([
      [0, 4],
      [5, 9]
    ]);
    expect(search.of(7)).toEqual([]);
    expect([search.after(0), search.after(1), search.after(13)]).toEqual([0, 1, 0]);
  });

  it('asks for nothing where nothing is searched for', async () => {
    const log = new FakeLog(['a']);
    const asked = vi.spyOn(log, 'search');
    const search = new LogSearch(log, query(''), () => undefined);
    await settled();
    expect(asked).not.toHaveBeenCalled();
    expect(search.after(0)).toBe(-1);
  });

  it('goes on where a part ended, and stops when it is left', async () => {
    const log = new FakeLog();
    const begins: number[] = [];
    log.search = (_, begin) => {
      begins.push(begin);
      const found = [{ at: begin, places: [[0, 1]] as [number, number][], text: 'x' }];
      return Promise.resolve({ found, next: begin + 10, whole: begin + 10 });
    };
    const search = new LogSearch(log, query('x'), () => begins.length === 4 && search.dispose());
    await settled();
    expect(begins).toEqual([0, 10, 20, 30]);
    expect(search.places.map(({ at }) => at)).toEqual([0, 10, 20, 30]);
  });

  it('stops at many lines, and goes on when the reader comes to them', async () => {
    const log = new FakeLog();
    const many = (begin: number) =>
      Array.from({ length: 10_000 }, (_, n) => ({
        at: begin + n,
        places: [[0, 1]] as [number, number][],
        text: 'x'
      }));
    log.search = (_, begin) =>
      Promise.resolve({ found: many(begin), next: begin + 10_000, whole: begin + 10_000 });
    const search = new LogSearch(log, query('x'), () => undefined);
    await settled();
    expect([search.places.length, search.isCut]).toEqual([20_000, true]);
    await search.more();
    expect([search.places.length, search.isCut]).toEqual([40_000, true]);
  });

  it('goes on as the log grows, and looks at its last line again', async () => {
    const log = new FakeLog(['an error', 'err']);
    const first = [
      { at: 0, places: [[3, 6]] as [number, number][], text: 'an error' },
      { at: 9, places: [[0, 3]] as [number, number][], text: 'err' }
    ];
    log.search = () => Promise.resolve({ found: first, next: null, whole: 9 });
    const search = new LogSearch(log, query('err'), () => undefined);
    await settled();
    expect(search.places).toHaveLength(2);
    log.search = () =>
      Promise.resolve({
        found: [{ at: 9, places: [[0, 3]], text: 'err and more' }],
        next: null,
        whole: 40
      });
    log.lines = ['an error', 'err and more', 'fine'];
    log.changed.emit();
    await vi.advanceTimersByTimeAsync(1000);
    expect(search.places.map(({ at }) => at)).toEqual([0, 9]);
    search.dispose();
  });

  it('looks at what came while it searched, once that is over', async () => {
    const log = new FakeLog(['error']);
    const answers = heldAnswers(log);
    const search = new LogSearch(log, query('error'), () => undefined);
    log.lines = ['error', 'error, the last'];
    log.changed.emit();
    await vi.advanceTimersByTimeAsync(3000);
    answers[0]();
    await vi.advanceTimersByTimeAsync(1000);
    answers[1]();
    await settled();
    expect(search.places.map(({ at }) => at)).toEqual([0, 6]);
    expect(vi.getTimerCount()).toBe(0);
    search.dispose();
  });

  it('takes nothing of a log that began anew while it was searched', async () => {
    const log = new FakeLog(['error', 'error']);
    const answers = heldAnswers(log);
    const search = new LogSearch(log, query('error'), () => undefined);
    log.lines = ['an error'];
    log.beginnings++;
    log.changed.emit();
    answers[0]();
    await settled();
    expect(search.places).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    answers[1]();
    await settled();
    expect(search.places.map(({ at, start }) => [at, start])).toEqual([[0, 3]]);
    search.dispose();
  });

  it('forgets what it found when the log begins anew', async () => {
    const log = new FakeLog(['error']);
    const search = new LogSearch(log, query('error'), () => undefined);
    await settled();
    log.lines = ['fine', 'error'];
    log.beginnings++;
    log.changed.emit();
    expect(search.places).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(search.places.map(({ at }) => at)).toEqual([5]);
    search.dispose();
  });

  it('says why it cannot be searched', async () => {
    const log = Object.assign(new FakeLog(['a']), { failure: 'The pattern takes too long.' });
    const search = new LogSearch(log, query('a', { regex: true }), () => undefined);
    await settled();
    expect([search.trouble, search.isRunning]).toEqual(['The pattern takes too long.', false]);
  });
});

describe('places in a line', () => {
  it('are counted in characters by the server, and in halves of some here', () => {
    expect(marksIn('ab', [[0, 1]])).toEqual([[0, 1]]);
    expect(
      marksIn('😀a😀b', [
        [1, 2],
        [3, 9]
      ])
    ).toEqual([
      [2, 3],
      [5, 6]
    ]);
  });

  it('count no colours', () => {
    expect(withoutColours('\x1b[1;31mred\x1b[0m fox')).toBe('red fox');
  });
});
