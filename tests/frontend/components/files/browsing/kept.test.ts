import { describe, expect, it } from 'vitest';
import { readKept, USUAL } from '../../../../../src/components/files/browsing/kept';

describe('how somebody likes to look at files', () => {
  it('is as it was kept', () => {
    const kept = {
      sort: { key: 'size', descending: true },
      isTreeShown: false,
      isPreviewShown: false,
      expanded: ['a', 'a/b']
    };
    expect(readKept(kept)).toEqual(kept);
    expect(readKept(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
  });

  it.each([null, undefined, 7, 'x', [], {}, { sort: { key: 'constructor' } }, { expanded: 'a' }])(
    'is as usual for %j',
    value => {
      expect(readKept(value)).toEqual(USUAL);
    }
  );

  it('leaves out what does not fit, and no more than that', () => {
    expect(readKept({ expanded: ['a', 7, null, 'b'], isTreeShown: 'no' })).toEqual({
      ...USUAL,
      expanded: ['a', 'b']
    });
    expect(readKept({ expanded: Array.from({ length: 500 }, String) }).expanded).toHaveLength(200);
  });
});
