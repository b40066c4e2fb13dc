import { describe, expect, it } from 'vitest';
import { linksOf, pathBelow } from '../../../../src/components/logs/links';

const named = (text: string) =>
  linksOf(text).map(({ start, end, path, line }) => {
    expect(text.slice(start, end)).toBe(path);
    return `${path}:${line}`;
  });

describe('links to files', () => {
  it.each([
    ['  File "/a/b/train.py", line 12, in <module>', ['/a/b/train.py:12']],
    ['  File "C d.py", line 3', ['C d.py:3']],
    ['/a/x.py:41: UserWarning: old', ['/a/x.py:41']],
    ['src/main.c:4:5: error: no', ['src/main.c:4']],
    ['tests/test_a.py:7: AssertionError', ['tests/test_a.py:7']],
    ['at (./lib/model.jl:88), see b.R:2', ['./lib/model.jl:88', 'b.R:2']]
  ])('finds in %s', (text, found) => {
    expect(named(text)).toEqual(found);
  });

  it.each([
    'epoch 3: loss 0.5',
    '12:30:01 started',
    'http://host.example:8888/x',
    'version 1.2:3',
    'torch==2.1',
    'a.b:c'
  ])('finds none in %s', text => {
    expect(named(text)).toEqual([]);
  });

  it('looks no further than the beginning of a long line, and no longer than that takes', () => {
    expect(named(`${'x'.repeat(2000)} a.py:1`)).toEqual([]);
    expect(named('a.py:1 '.repeat(100))).toHaveLength(10);
    expect(named(`${'a/'.repeat(100_000)} line 1`)).toEqual([]);
  });
});

describe('a path below a root', () => {
  it.each([
    ['/serve', '/serve/job', '/serve/a/b.py', 'a/b.py'],
    ['/serve/', '/serve/job', 'b.py', 'job/b.py'],
    ['/serve', '/serve/job', '../c.py', 'c.py'],
    ['/serve', '/serve/job', './d/../e.py', 'job/e.py'],
    ['/serve', '/serve/job', '/server/a.py', null],
    ['/serve', '/serve/job', '/serve/../etc/passwd', null],
    ['/serve', '/serve/job', '../../etc/passwd', null],
    ['/serve', '/elsewhere', 'b.py', null],
    ['', '', '/etc/passwd', null],
    ['/', '/job', '/etc/passwd', 'etc/passwd']
  ])('of %s, in %s: %s', (root, folder, path, found) => {
    expect(pathBelow(root, folder, path)).toBe(found);
  });
});
