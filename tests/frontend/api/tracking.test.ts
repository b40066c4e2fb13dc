import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../../src/api';
import { TrackingApi } from '../../../src/api/tracking';
import { fakeServer, json } from '../support';

const delta = (step: number) => ({ step: [step], value: [1], time: [1] });

describe('TrackingApi', () => {
  it('asks for a part of some curves, each name by itself', async () => {
    const { settings, asked } = fakeServer(() => json({ cursor: 1, series: { 'a/b': delta(1) } }));
    const api = new TrackingApi(new ApiClient(settings));
    const between = { axis: 'step', begin: 0.5, end: 9, points: 800 } as const;
    expect(await api.metrics('j1', ['a/b', 'c&d'], between)).toEqual({ 'a/b': delta(1) });
    expect(asked[0].query).toBe('?name=a%2Fb&name=c%26d&axis=step&begin=0.5&end=9&points=800');
  });

  it('reads whole curves in pieces, and does not wait for what is logged meanwhile', async () => {
    const cursors = [1_000_000, 1_200_000, 1_200_007, 1_200_009];
    const { settings, asked } = fakeServer(() =>
      json({ cursor: cursors[asked.length - 1], series: { a: delta(asked.length) } })
    );
    const pieces: unknown[] = [];
    for await (const piece of new TrackingApi(new ApiClient(settings)).everything('j1', ['a'])) {
      pieces.push(piece);
    }
    expect(asked.map(({ query }) => query)).toEqual([
      '?name=a&since=0',
      '?name=a&since=1000000',
      '?name=a&since=1200000'
    ]);
    expect(pieces).toHaveLength(3);
  });
});
