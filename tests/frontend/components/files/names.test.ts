import { describe, expect, it } from 'vitest';
import { halvesOf, kindOf, problemWith } from '../../../../src/components/files/names';
import { anEntry } from '../../files';
import { trans } from '../../support';

describe('the kind of a file', () => {
  it.each([
    ['a/', 'folder'],
    ['a.ipynb', 'notebook'],
    ['scan.PNG', 'picture'],
    ['table.csv', 'table'],
    ['table.parquet', 'table'],
    ['train.py', 'text'],
    ['set.tar.gz', 'archive'],
    ['weights.pt', 'other'],
    ['constructor', 'other'],
    ['.png', 'other']
  ])('%s is a %s', (path, kind) => {
    expect(kindOf(anEntry(path))).toBe(kind);
  });
});

describe('a name with its middle left out', () => {
  it('keeps its end, with the ending', () => {
    const name = 'measurement of the second line, 2026-11-20, camera 4.parquet';
    const [head, tail] = halvesOf(name);
    expect(head + tail).toBe(name);
    expect(tail).toBe('ra 4.parquet');
  });

  it('stays whole when it is short', () => {
    expect(halvesOf('a picture.png')).toEqual(['a picture.png', '']);
  });

  it('is cut between letters, not within them', () => {
    const [head, tail] = halvesOf('训练数据集的第二个版本用于手写识别😀😀😀😀.png');
    expect(head + tail).toBe('训练数据集的第二个版本用于手写识别😀😀😀😀.png');
    expect([...tail]).toHaveLength(8);
    expect(tail.startsWith('😀')).toBe(true);
  });
});

describe('a name that somebody types', () => {
  const problem = (name: string) => problemWith(trans, name, one => one === 'taken');
  it.each(['', '  ', '.hidden', 'a/b', 'a\\b', 'a\nb', 'x'.repeat(256), '字'.repeat(86), 'taken'])(
    '%j is refused',
    name => {
      expect(problem(name)).not.toBe('');
    }
  );
  it.each(['a', 'a b (2).txt', '中文 名字.csv', 'x'.repeat(255), '字'.repeat(85)])(
    '%j is taken',
    name => {
      expect(problem(name)).toBe('');
    }
  );
});
