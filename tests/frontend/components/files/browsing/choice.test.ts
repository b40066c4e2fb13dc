import { describe, expect, it } from 'vitest';
import { fitting, NO_CHOICE } from '../../../../../src/components/files/browsing/choice';
import { anEntry } from '../../../files';

const file = anEntry('a/x.csv');
const other = anEntry('a/y.csv');
const folder = anEntry('a/sub/');

describe('what a form would get', () => {
  const one = { pick: 'file', multiple: false } as const;
  const many = { pick: 'file', multiple: true } as const;
  const place = { pick: 'folder', multiple: false } as const;

  it('is nothing where nothing is asked for', () => {
    expect(fitting(NO_CHOICE, [file], 'a')).toEqual([]);
  });

  it('is the marked file, if it is one and a file', () => {
    expect(fitting(one, [file], 'a')).toEqual(['a/x.csv']);
    expect(fitting(one, [folder], 'a')).toEqual([]);
    expect(fitting(one, [file, other], 'a')).toEqual([]);
    expect(fitting(one, [], 'a')).toEqual([]);
  });

  it('is all marked files where several are asked for, and no folder among them', () => {
    expect(fitting(many, [file, other], 'a')).toEqual(['a/x.csv', 'a/y.csv']);
    expect(fitting(many, [file, folder], 'a')).toEqual([]);
  });

  it('is the marked folder, or the open one', () => {
    expect(fitting(place, [folder], 'a')).toEqual(['a/sub']);
    expect(fitting(place, [], 'a')).toEqual(['a']);
    expect(fitting(place, [file], 'a')).toEqual([]);
    expect(fitting(place, [], '')).toEqual([]);
  });
});
