import { describe, expect, it } from 'vitest';
import { readHistogram, readTable } from '../../../../src/components/media/read';

describe('a histogram out of JSON', () => {
  it('is taken as it was kept', () => {
    const kept = { edges: [0, 0.5, 2], counts: [3, 1], mean: 0.5, std: 0.25, nan: 4, more: 'x' };
    expect(readHistogram(JSON.stringify(kept))).toEqual({
      edges: [0, 0.5, 2],
      counts: [3, 1],
      mean: 0.5,
      std: 0.25,
      nan: 4
    });
  });

  it('needs edges and counts only', () => {
    expect(readHistogram('{"edges": [0, 1], "counts": [2], "mean": "much"}')).toEqual({
      edges: [0, 1],
      counts: [2],
      mean: null,
      std: null,
      nan: 0
    });
    expect(readHistogram('{"edges": [], "counts": []}')?.counts).toEqual([]);
  });

  it.each([
    '',
    'null',
    '5',
    '[]',
    '{}',
    '{"edges": [0, 1]}',
    '{"edges": [0, 1, 2], "counts": [1]}',
    '{"edges": [0], "counts": []}',
    '{"edges": [0, null], "counts": [1]}',
    '{"edges": [0, 1e999], "counts": [1]}',
    '{"edges": [0, 1], "counts": [-1]}',
    '{"edges": "01", "counts": "1"}'
  ])('is none: %s', text => {
    expect(readHistogram(text)).toBeNull();
  });
});

describe('a table out of JSON', () => {
  it('has columns with texts for names, and rows of anything', () => {
    expect(readTable('{"columns": ["a", 1, null], "rows": [[1, "x", null], []]}')).toEqual({
      columns: ['a', '1', 'null'],
      rows: [[1, 'x', null], []]
    });
  });

  it.each([
    '',
    '{}',
    '[]',
    '{"columns": [], "rows": {}}',
    '{"columns": {}, "rows": []}',
    '{"columns": [], "rows": [1]}'
  ])('is none: %s', text => {
    expect(readTable(text)).toBeNull();
  });
});
