import { describe, expect, it } from 'vitest';
import { Folds } from '../../../../src/components/logs/folds';
import { Choices } from '../../random';
import { FakeLog } from '../../support';

function foldsOf(log: FakeLog, isOn = true): Folds {
  const folds = new Folds();
  folds.isOn = isOn;
  folds.update(log);
  return folds;
}

function shown(log: FakeLog, folds: Folds): string[] {
  return Array.from({ length: folds.count }, (_, row) => {
    const line = folds.lineOf(row);
    const repeat = folds.repeatOf(line);
    return log.line(line) + (repeat ? ` x${repeat.count}` : '');
  });
}

describe('Folds', () => {
  // proves: training.log-folds
  it('shows a line that is repeated once', () => {
    const log = new FakeLog(['a', 'b', 'b', 'b', 'b', 'c', 'c', 'd']);
    expect(shown(log, foldsOf(log))).toEqual(['a', 'b x4', 'c', 'c', 'd']);
    expect(shown(log, foldsOf(log, false))).toEqual(log.lines);
  });

  it('shows a block of lines that is repeated once', () => {
    const warning = ['x.py:3: UserWarning: old', '  warnings.warn("old")'];
    const log = new FakeLog(['go', ...warning, ...warning, ...warning, warning[0], 'end']);
    expect(shown(log, foldsOf(log))).toEqual([
      'go',
      warning[0],
      `${warning[1]} x3`,
      warning[0],
      'end'
    ]);
  });

  it('takes a blank line for nothing', () => {
    const log = new FakeLog(['a', '', '', '', '', 'b']);
    expect(shown(log, foldsOf(log))).toEqual(log.lines);
  });

  it('never folds the last line, which may still grow', () => {
    const log = new FakeLog(['a', 'a', 'a']);
    const folds = foldsOf(log);
    expect(folds.count).toBe(3);
    log.lines.push('a', 'b');
    folds.update(log);
    expect(shown(log, folds)).toEqual(['a x4', 'b']);
  });

  it('opens and closes what is repeated, and opens it for a line that is looked for', () => {
    const log = new FakeLog(['a', 'b', 'b', 'b', 'c', 'c', 'c', 'd']);
    const folds = foldsOf(log);
    folds.toggle(1);
    expect(shown(log, folds)).toEqual(['a', 'b x3', 'b', 'b', 'c x3', 'd']);
    expect(folds.repeatOf(1)).toEqual({ count: 3, isOpen: true });
    folds.toggle(1);
    expect(shown(log, folds)).toEqual(['a', 'b x3', 'c x3', 'd']);
    expect([4, 5, 6, 7].map(line => folds.rowOf(line))).toEqual([2, 2, 2, 3]);
    folds.reveal(5);
    expect(shown(log, folds)).toEqual(['a', 'b x3', 'c x3', 'c', 'c', 'd']);
    expect(folds.rowOf(5)).toBe(3);
  });

  it('keeps its place when lines are dropped at the front', () => {
    const log = new FakeLog(['b', 'b', 'b', 'b', 'b', 'c', 'd', 'd', 'd', 'e']);
    const folds = foldsOf(log);
    expect(shown(log, folds)).toEqual(['b x5', 'c', 'd x3', 'e']);
    log.held = 2;
    folds.update(log);
    expect(shown(log, folds)).toEqual(['b x3', 'c', 'd x3', 'e']);
    log.held = 7;
    folds.update(log);
    expect(shown(log, folds)).toEqual(['d x2', 'e']);
    log.held = 0;
    folds.update(log);
    expect(shown(log, folds)).toEqual(['b x5', 'c', 'd x3', 'e']);
  });

  it('folds the same whether lines come at once or one by one, and every row leads to its line', () => {
    const choices = new Choices(3);
    for (let turn = 0; turn < 60; turn++) {
      const whole = Array.from({ length: 80 }, () => choices.of(['a', 'a', 'b', 'c']));
      const log = new FakeLog([...whole, 'end']);
      const folds = foldsOf(log);
      const growing = new FakeLog();
      const slow = new Folds();
      [...whole, 'end'].forEach(line => {
        growing.lines.push(line);
        slow.update(growing);
      });
      expect(shown(growing, slow)).toEqual(shown(log, folds));
      const rows = Array.from({ length: folds.count }, (_, row) => folds.rowOf(folds.lineOf(row)));
      expect(rows).toEqual(rows.map((_, row) => row));
      const unfolded = Array.from({ length: folds.count }, (_, row) => folds.lineOf(row));
      const hidden = log.lines.map((_, line) => line).filter(line => !unfolded.includes(line));
      for (const line of hidden) {
        expect(log.line(folds.lineOf(folds.rowOf(line)))).toBe(log.line(line));
      }
    }
  });
});
