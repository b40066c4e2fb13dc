import { describe, expect, it } from 'vitest';
import { newId } from '../../../../src/api/state/ids';
import { keyOf } from '../../../../src/components/shared/keys';

describe('the key of a name', () => {
  it('is the name where that is plain already', () => {
    expect([keyOf('general'), keyOf(' line-3 ')]).toEqual(['general', 'line-3']);
  });

  it('is the same for the same name, and another for another', () => {
    const names = [
      'Größe',
      'Grösse',
      '数据',
      '資料',
      'a b',
      'a-b',
      'a.b',
      '!',
      '?',
      'x'.repeat(200)
    ];
    expect(new Set(names.map(keyOf)).size).toBe(names.length);
    expect(keyOf('Größe ')).toBe(keyOf('größe'));
  });

  it('is always one that the server takes', () => {
    for (const name of ['', ' ', '../../x', '<b>', '💥'.repeat(80), 'A'.repeat(500), '-', '_']) {
      expect(`chat:room:${keyOf(name)}`).toMatch(/^[\w][\w.:-]{0,127}$/);
    }
  });
});

describe('a new id', () => {
  it('is never made twice', () => {
    const ids = new Set(Array.from({ length: 1000 }, newId));
    expect(ids.size).toBe(1000);
  });
});
