import { describe, expect, it } from 'vitest';
import { summaryOf } from '../../../../../src/components/files/uploads/summary';
import { anUpload } from '../../../files';

describe('how far many uploads are', () => {
  it('is how many, how much, how fast, and how long it takes', () => {
    const summary = summaryOf([
      anUpload({ size: 4000, sent: 1000, speed: 500 }),
      anUpload({ size: 2000, sent: 0, speed: 0, state: 'waiting' }),
      anUpload({ size: 1000, sent: 1000, speed: 0, state: 'done' }),
      anUpload({ size: 9000, sent: 10, speed: 0, state: 'paused' }),
      anUpload({ size: 100, sent: 10, speed: 0, state: 'failed' })
    ]);
    expect(summary).toMatchObject({ count: 5, done: 1, failed: 1, open: 2, paused: 1 });
    expect(summary).toMatchObject({ bytes: 16100, sent: 2020, speed: 500, left: 10_000 });
  });

  it('cannot tell how long it takes when nothing moves', () => {
    expect(summaryOf([anUpload({ speed: 0 })]).left).toBeNull();
    expect(summaryOf([]).left).toBeNull();
  });
});
