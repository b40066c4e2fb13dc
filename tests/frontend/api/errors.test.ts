import { describe, expect, it } from 'vitest';
import { ApiError, messageOf } from '../../../src/api/errors';

describe('ApiError', () => {
  it('says what the server said', () => {
    const error = new ApiError(409, { message: 'That name is taken.', code: 'conflict' });
    expect([error.status, error.message, error.code]).toEqual([
      409,
      'That name is taken.',
      'conflict'
    ]);
  });

  it.each([{}, { message: '' }])('says the status where the server said nothing: %j', body => {
    expect(new ApiError(502, body).message).toBe('The server answered 502.');
  });

  it('names the field that was refused, and none where that is no text', () => {
    const fieldOf = (details: Record<string, unknown>) => new ApiError(400, { details }).field;
    expect(fieldOf({ field: 'cpus' })).toBe('cpus');
    expect(fieldOf({ field: 3 })).toBeNull();
    expect(fieldOf({})).toBeNull();
    expect(new ApiError(400, {}).field).toBeNull();
  });
});

describe('messageOf', () => {
  it.each([
    [new TypeError('Failed to fetch'), 'Failed to fetch'],
    ['plain text', 'plain text'],
    [null, 'null']
  ])('has words for whatever was thrown: %s', (thrown, text) =>
    expect(messageOf(thrown)).toBe(text)
  );
});
