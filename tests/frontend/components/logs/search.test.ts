import { describe, expect, it, vi } from 'vitest';
import { LogSearch } from '../../../../src/components/logs/search';
import { Lines } from '../../../../src/managers/logs/lines';
import { FakeLog } from '../../support';

/** A log of real lines, which grow at both ends and are dropped. */
function logOf(lines: Lines): FakeLog {
  const log = new FakeLog();
  Object.defineProperty(log, 'length', { get: () => lines.length });
  log.line = index => lines.line(index);
  log.key = index => index + lines.offset;
  return log;
}

const found = (search: LogSearch): string[] =>
  search.matches.map(({ key, start }) => `${key}:${start}`);

describe('LogSearch', () => {
  // proves: ui.log-search
  it('finds every place, minds no case, and takes signs as they are', () => {
    const search = new LogSearch('a.b');
    search.update(new FakeLog(['a.b A.B', 'axb', '\x1b[31ma.\x1b[0mb']));
    expect(found(search)).toEqual(['0:0', '0:4', '2:0']);
  });

  it('looks through new lines only, and again through the last, which may have grown', () => {
    const lines = new Lines();
    const log = logOf(lines);
    lines.append('yes\nno\nye');
    const search = new LogSearch('yes');
    search.update(log);
    const read = vi.spyOn(log, 'line');
    lines.append('s\nyes');
    search.update(log);
    expect(found(search)).toEqual(['0:0', '2:0', '3:0']);
    expect(read.mock.calls.map(([index]) => index)).toEqual([2, 3]);
    search.update(log);
    expect(found(search)).toEqual(['0:0', '2:0', '3:0']);
  });

  it('holds when lines come before and when lines are dropped', () => {
    const lines = new Lines(10);
    const log = logOf(lines);
    lines.append('yes\nno\n');
    const search = new LogSearch('yes');
    search.update(log);
    lines.prepend('yes\nno\nyes\n');
    search.update(log);
    expect(found(search)).toEqual(['-3:0', '-1:0', '0:0']);
    lines.append('yes\n'.repeat(8));
    search.update(log);
    expect(search.matches).toHaveLength(8);
    expect(search.matches[0].key).toBeGreaterThanOrEqual(log.key(0));
  });

  it('goes on at a place, round the end', () => {
    const search = new LogSearch('x');
    search.update(new FakeLog(['x', '-', 'x x']));
    expect(search.after({ key: 1, start: 0 })).toBe(1);
    expect(search.after({ key: 2, start: 1 })).toBe(2);
    expect(search.after({ key: 3, start: 0 })).toBe(0);
    expect(search.indexOf({ key: 2, start: 2 })).toBe(2);
    expect(search.indexOf(null)).toBe(-1);
    expect(new LogSearch('y').after({ key: 0, start: 0 })).toBe(-1);
  });

  it('counts no further than one can read', () => {
    const search = new LogSearch('x');
    search.update(new FakeLog(Array.from({ length: 60_000 }, () => 'x')));
    expect(search.isCut).toBe(true);
  });
});
