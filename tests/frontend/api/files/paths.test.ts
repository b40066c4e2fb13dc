import { describe, expect, it } from 'vitest';
import {
  isWithin,
  joined,
  nameOf,
  outermost,
  parentOf,
  splitName,
  stepsTo
} from '../../../../src/api/files/paths';

describe('paths of files', () => {
  it('have a folder and a name', () => {
    expect([parentOf('a/b/c.txt'), nameOf('a/b/c.txt')]).toEqual(['a/b', 'c.txt']);
    expect([parentOf('a'), nameOf('a'), parentOf('')]).toEqual(['', 'a', '']);
    expect(joined('', 'a', '', 'b')).toBe('a/b');
  });

  it('lie in a folder by whole names, not by letters', () => {
    expect(isWithin('data/a', 'data')).toBe(true);
    expect(isWithin('data', 'data')).toBe(true);
    expect(isWithin('data2/a', 'data')).toBe(false);
    expect(isWithin('anything', '')).toBe(true);
  });

  it('are reached step by step', () => {
    expect(stepsTo('people/ann/x/y', 'people/ann')).toEqual([
      'people/ann',
      'people/ann/x',
      'people/ann/x/y'
    ]);
    expect(stepsTo('a/b', '')).toEqual(['', 'a', 'a/b']);
    expect(stepsTo('a', 'a')).toEqual(['a']);
    expect(stepsTo('other', 'a')).toEqual([]);
  });

  it('leave out what lies in another of them', () => {
    expect(outermost(['a', 'a/b', 'ab', 'c/d', 'c/d/e/f', 'a'])).toEqual(['a', 'ab', 'c/d']);
  });
});

describe('names of files', () => {
  it('end with their last dot, but for one in front', () => {
    expect(splitName('scan.tar.gz')).toEqual(['scan.tar', '.gz']);
    expect(splitName('.bashrc')).toEqual(['.bashrc', '']);
    expect(splitName('README')).toEqual(['README', '']);
  });
});
