import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../../../src/api';
import { isPassing, Pace } from '../../../../src/managers/state/pace';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('the pace of what is sent', () => {
  it('lets the first go at once, and the next a period later', () => {
    const pace = new Pace(50);
    expect(pace.wait).toBe(0);
    pace.begin();
    expect(pace.wait).toBe(50);
    vi.advanceTimersByTime(30);
    expect(pace.wait).toBe(20);
    vi.advanceTimersByTime(100);
    expect(pace.wait).toBe(0);
  });

  it('waits no longer where the clock was set back meanwhile', () => {
    const pace = new Pace(50);
    pace.begin();
    vi.setSystemTime(Date.now() - 3_600_000);
    expect(pace.wait).toBe(50);
  });

  it('waits twice as long after each failure, eight seconds at most', () => {
    const pace = new Pace(50);
    const waits = Array.from({ length: 7 }, () => {
      pace.begin();
      pace.failed();
      return pace.wait;
    });
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 8000, 8000]);
  });

  it('is as before after a success, and where what was wrong may have passed', () => {
    for (const end of ['succeeded', 'hurry'] as const) {
      const pace = new Pace(50);
      pace.begin();
      pace.failed();
      pace[end]();
      expect(pace.wait).toBe(50);
      pace.failed();
      expect(pace.wait).toBe(500);
    }
  });

  it.each([
    [new TypeError('Failed to fetch'), true],
    [new ApiError(503, {}), true],
    [new ApiError(429, {}), true],
    [new ApiError(507, {}), true],
    [new ApiError(400, {}), false],
    [new ApiError(403, {}), false],
    [new ApiError(409, {}), false],
    [new ApiError(413, {}), false]
  ])('tells what may pass from what will not (%s)', (error, passes) => {
    expect(isPassing(error)).toBe(passes);
  });
});
