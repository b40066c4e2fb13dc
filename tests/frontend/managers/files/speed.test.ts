import { describe, expect, it } from 'vitest';
import { Speed } from '../../../../src/managers/files/speed';

describe('a speed', () => {
  it('is unknown at first, and after it stood still', () => {
    const speed = new Speed();
    expect(speed.perSecond).toBe(0);
    speed.note(0, 500);
    expect(speed.perSecond).toBe(0);
    speed.note(500, 1500);
    expect(speed.perSecond).toBe(2000);
    speed.reset();
    expect(speed.perSecond).toBe(0);
  });

  it('is that of the last seconds', () => {
    const speed = new Speed();
    for (let second = 0; second <= 20; second++) {
      speed.note(second * 1000, second < 10 ? second * 100 : 1000 + (second - 10) * 700);
    }
    expect(speed.perSecond).toBeCloseTo(700);
  });

  it('is never less than nothing', () => {
    const speed = new Speed();
    speed.note(0, 900);
    speed.note(1000, 100);
    expect(speed.perSecond).toBe(0);
  });
});
