import { describe, expect, it, vi } from 'vitest';
import { indexOf, LogReader } from '../../../../src/components/logs/reader';
import { FakeLog } from '../../support';

const settled = () => new Promise<void>(resolve => setTimeout(resolve, 0));

function make(held = 40) {
  const log = new FakeLog(
    Array.from({ length: 50 }, (_, n) => `line ${String(n).padStart(2, '0')}`)
  );
  log.held = held;
  const told = vi.fn();
  return { log, told, reader: new LogReader(log, told) };
}

/** The byte of a line; each has eight. */
const at = (line: number): number => 8 * line;

describe('LogReader', () => {
  it('begins with the newest lines', () => {
    const { log, reader } = make();
    expect([reader.isAtTail, reader.lines, reader.isLoading]).toEqual([true, log, false]);
  });

  it('asks for nothing that is here', async () => {
    const { log, reader, told } = make();
    expect(await reader.goTo(at(45))).toBe(true);
    expect([log.asked, reader.isAtTail]).toEqual([[], true]);
    expect(told).toHaveBeenCalled();
    expect(reader.jumps).toBe(1);
  });

  // proves: training.log-anywhere
  it('has an excerpt of what is not here, until somebody goes back to the end', async () => {
    const { log, reader } = make();
    expect(await reader.goTo(at(3))).toBe(true);
    expect([log.asked, reader.isAtTail]).toEqual([[24], false]);
    expect(reader.lines.line(indexOf(reader.lines, at(3)))).toBe('line 03');
    await reader.goTo(at(5));
    expect(log.asked).toEqual([24]);
    reader.toEnd();
    expect([reader.isAtTail, reader.lines]).toEqual([true, log]);
  });

  it('forgets a place when another was asked for meanwhile', async () => {
    const { reader } = make();
    const first = reader.goTo(at(3));
    const second = reader.goTo(at(45));
    expect(await first).toBe(false);
    expect(await second).toBe(true);
    expect(reader.isAtTail).toBe(true);
  });

  it('says nothing of a place that did not come after another was asked for', async () => {
    const { log, reader } = make();
    log.failure = 'gone';
    const first = reader.goTo(at(3));
    expect(await reader.goTo(at(45))).toBe(true);
    expect(await first).toBe(false);
    expect(reader.trouble).toBe('');
  });

  it('says why a place did not come, and forgets it with the next', async () => {
    const { log, reader } = make();
    log.failure = 'gone';
    expect(await reader.goTo(at(3))).toBe(false);
    expect(reader.trouble).toBe('gone');
    await reader.goTo(at(45));
    expect(reader.trouble).toBe('');
  });

  it('goes over to the newest lines once the reader comes to them', async () => {
    const { reader } = make();
    await reader.goTo(at(3));
    reader.settle(at(20));
    expect(reader.isAtTail).toBe(false);
    const { jumps } = reader;
    reader.settle(at(41));
    expect([reader.isAtTail, reader.jumps]).toEqual([true, jumps]);
  });

  it('keeps what is read where the newest lines drop it', async () => {
    const { log, reader } = make(10);
    log.held = 30;
    reader.settle(at(12));
    await settled();
    expect([log.asked, reader.isAtTail]).toEqual([[at(12)], false]);
  });

  it('grows the newest lines at their front, and beyond many takes an excerpt', async () => {
    const { log, reader } = make();
    reader.loadEarlier();
    expect(log.loads).toBe(1);
    Object.defineProperty(log, 'length', { value: 100_000 });
    reader.loadEarlier();
    await settled();
    expect([log.loads, log.asked]).toEqual([1, [at(40) - 1]]);
  });

  it('begins anew with the log', async () => {
    const { log, reader } = make();
    await reader.goTo(at(3));
    log.beginnings++;
    log.changed.emit();
    expect(reader.isAtTail).toBe(true);
  });

  it('lets an excerpt go that comes when nobody waits any more', async () => {
    const { log, reader } = make();
    const excerpt = await log.excerpt(0);
    const left = vi.spyOn(excerpt, 'dispose');
    log.excerpt = () => Promise.resolve(excerpt);
    const going = reader.goTo(at(3));
    reader.dispose();
    await going;
    expect(left).toHaveBeenCalledTimes(1);
    expect(reader.isDisposed).toBe(true);
  });
});

describe('the line that holds a byte', () => {
  it('is the first of those into which it is broken', () => {
    const log = new FakeLog(['a', 'b', 'b', 'b', 'c']);
    log.at = index => [10, 20, 20, 20, 30][index];
    expect([5, 10, 19, 20, 25, 30, 99].map(byte => indexOf(log, byte))).toEqual([
      -1, 0, 0, 1, 1, 4, 4
    ]);
    expect(indexOf(new FakeLog(), 3)).toBe(-1);
  });
});
