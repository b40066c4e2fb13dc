import { describe, expect, it } from 'vitest';
import {
  better,
  directionOf,
  guessDirection,
  nextDirection
} from '../../../../src/components/compare/direction';

describe('the better direction of a metric', () => {
  it.each([
    ['train/loss', 'low'],
    ['val_mae', 'low'],
    ['epoch_time', 'low'],
    ['Accuracy', 'high'],
    ['val/mAP', 'high'],
    ['iou/3', 'high'],
    ['terrain', null],
    ['accent', null],
    ['heap', null],
    ['lr', null],
    ['', null]
  ] as const)('is guessed for “%s”: %s', (name, direction) =>
    expect(guessDirection(name)).toBe(direction)
  );

  it('is what somebody said, also that there is none', () => {
    expect(directionOf('loss', { loss: 'high' })).toBe('high');
    expect(directionOf('loss', { loss: null })).toBeNull();
    expect(directionOf('loss', {})).toBe('low');
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'is unknown for a metric called “%s”, of which nobody said anything',
    name => expect(directionOf(name, {})).toBeNull()
  );

  it('goes round with each press', () => {
    expect(nextDirection('low')).toBe('high');
    expect(nextDirection('high')).toBeNull();
    expect(nextDirection(null)).toBe('low');
  });

  it('chooses between two numbers', () => {
    expect([better('low', 1, -2), better('high', 1, -2)]).toEqual([-2, 1]);
  });
});
