import { describe, expect, it } from 'vitest';
import {
  elapsed,
  formatBytes,
  formatCommand,
  formatDuration,
  formatValue,
  fraction,
  readDuration,
  writeDuration
} from '../../../../src/components/basics/format';
import { groupSeries } from '../../../../src/components/curves/groups';
import { splitArguments } from '../../../../src/components/run/shellwords';
import { aJob } from '../../support';

describe('formats', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [250 * 1024 ** 2, '250 MiB'],
    [5 * 1024 ** 5, '5120 TiB']
  ])('writes %d bytes as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    [-5000, '0s'],
    [7_900, '7s'],
    [60_000, '1m'],
    [754_000, '12m34s'],
    [5_400_000, '1h30m'],
    [7_384_000, '2h3m'],
    [3_604_000, '1h'],
    [273_600_000, '3d4h']
  ])('writes %d milliseconds as %s', (time, text) => expect(formatDuration(time)).toBe(text));

  it.each([
    ['90', 90],
    ['0', 0],
    ['45s', 45],
    ['30m', 1800],
    ['30 min', 1800],
    ['1h30m', 5400],
    ['1h 30m', 5400],
    ['1.5h', 5400],
    ['1H30M', 5400],
    ['1h30', NaN],
    ['2d', 172_800],
    ['1d2h3m4.5s', 93_784.5],
    ['', NaN],
    ['soon', NaN],
    ['-5s', NaN],
    ['1m2h', NaN],
    ['1.2.3s', NaN],
    ['5 weeks', NaN]
  ])('reads the duration “%s” as %d seconds', (text, seconds) =>
    expect(readDuration(text)).toBe(seconds)
  );

  it.each([0.5, 1, 59, 90, 5400, 3601, 86_399, 90_061, 864_000])(
    'writes %d seconds so that reading gives the same',
    seconds => expect(readDuration(writeDuration(seconds))).toBe(seconds)
  );

  it.each([
    [0, '0'],
    [0.123456, '0.1235'],
    [1234567, '1.23e+6'],
    [0.00001, '1.00e-5'],
    [NaN, 'NaN']
  ])('writes the value %d as %s', (value, text) => expect(formatValue(value)).toBe(text));

  it('quotes a command as one would type it', () => {
    expect(formatCommand(['python', 'my file.py', "it's", ''])).toBe(
      `python 'my file.py' 'it'\\''s' ''`
    );
  });

  it('measures a job that runs by the clock, one that ended by its own times', () => {
    const now = Date.parse('2026-11-21T10:01:01Z');
    expect(elapsed(aJob({ started: null }), now)).toBeNull();
    expect(elapsed(aJob(), now)).toBe(60_000);
    expect(elapsed(aJob({ ended: '2026-11-21T10:00:03Z' }), now)).toBe(2000);
    expect(elapsed(aJob({ started: '2026-11-21T11:00:00Z' }), now)).toBe(0);
  });

  it('keeps progress between nothing and all', () => {
    const progress = (done: number, total: number | null) =>
      fraction(aJob({ progress: { done, total, message: '' } }));
    expect(progress(1, 4)).toBe(0.25);
    expect(progress(9, 4)).toBe(1);
    expect(progress(1, null)).toBeNull();
    expect(progress(1, 0)).toBeNull();
    expect(fraction(aJob())).toBeNull();
  });
});

describe('splitArguments', () => {
  it.each([
    ['', []],
    ['  a  b ', ['a', 'b']],
    ['--data "my pictures" -n 5', ['--data', 'my pictures', '-n', '5']],
    [`'it is' it\\'s ""`, ['it is', "it's", '']],
    ['--x="a b"\'c d\'', ['--x=a bc d']],
    ['"say \\"hi\\" $HOME"', ['say "hi" $HOME']],
    ['a;rm -rf *', ['a;rm', '-rf', '*']]
  ])('cuts %s', (line, words) => expect(splitArguments(line)).toEqual(words));

  it.each(['"open', "it's", 'end\\'])('refuses %s', line =>
    expect(() => splitArguments(line)).toThrow()
  );
});

describe('curves', () => {
  it('puts the phases of a measure on one chart, the loss first', () => {
    const groups = groupSeries(['val_loss', 'train/loss', 'accuracy', 'iou/1', 'iou/0', 'lr']);
    expect(groups).toEqual([
      { name: 'loss', series: ['train/loss', 'val_loss'] },
      { name: 'accuracy', series: ['accuracy'] },
      { name: 'iou', series: ['iou/0', 'iou/1'] },
      { name: 'lr', series: ['lr'] }
    ]);
  });

  it('splits a chart that would hold too many', () => {
    const groups = groupSeries(Array.from({ length: 30 }, (_, index) => `iou/${index}`));
    expect(groups.map(group => group.series.length)).toEqual([12, 12, 6]);
    expect(new Set(groups.map(group => group.name)).size).toBe(3);
  });
});
