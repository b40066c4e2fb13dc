import { describe, expect, it } from 'vitest';
import { roomOf } from '../../../../src/components/files/useroom';

describe('how much room there is', () => {
  it.each([
    [1200, 'wide'],
    [900, 'wide'],
    [899, 'middle'],
    [780, 'middle'],
    [766, 'narrow'],
    [320, 'narrow']
  ])('%i pixels: %s', (width, room) => {
    expect(roomOf(width)).toBe(room);
  });

  it('is left as it was while it is hidden', () => {
    expect(roomOf(0)).toBe('wide');
  });
});
