import { describe, expect, it } from 'vitest';
import { LiteralError, PythonLiteralReader } from '../../../../src/components/run/pythonliterals';

const read = (text: string) => new PythonLiteralReader(text, 0).read();

describe('a literal', () => {
  it.each<[string, unknown]>([
    ['1', 1],
    ['-2.5e-3', -0.0025],
    ['+.5', 0.5],
    ['1_000_000', 1_000_000],
    ['5L', 5],
    ['True', true],
    ['FALSE', false],
    ['None', null],
    ['NULL', null],
    ['nothing', null],
    ['"a"', 'a'],
    ["'it\\'s'", "it's"],
    ['"a\\tb\\n"', 'a\tb\n'],
    ['"""two\nlines"""', 'two\nlines'],
    ['[]', []],
    ['()', []],
    ['(1)', 1],
    ['(1,)', [1]],
    ['[1, [2, "x"],]', [1, [2, 'x']]],
    ['[1, # one\n 2]', [1, 2]],
    ['{}', {}],
    ['{"a": 1, 2: [True]}', { a: 1, 2: [true] }]
  ])('%j means what its language means', (text, value) => expect(read(text).value).toEqual(value));

  it.each(['1 # one', '1  ', '1;', '1 // one', '1\nnext = 2'])(
    'ends with its line, whatever remark follows: %j',
    text => expect(read(text)).toEqual({ value: 1, text: '1' })
  );

  it('is told as it was written, without what stands before and after', () =>
    expect(read('  1_000  # many').text).toBe('1_000'));

  it.each([
    ['a name', 'x'],
    ['a call', 'int(3)'],
    ['a sum', '1 + 2'],
    ['an attribute', 'None.real'],
    ['a place in a list', 'True[0]'],
    ['what an object has by itself', 'constructor'],
    ['nothing', ''],
    ['a number too large to be exact', '9007199254740993'],
    ['a number too large at all', '1e999'],
    ['a version', '1.2.3'],
    ['a text that is not closed', '"a'],
    ['a text that ends on the next line', '"a\nb"'],
    ['an escape that means a code', '"\\x41"'],
    ['an escape that is cut', '"\\'],
    ['a list that is not closed', '[1, 2'],
    ['a list closed by another bracket', '[1)'],
    ['a list with a gap', '[1,,2]'],
    ['a set', '{1, 2}'],
    ['a table without a value', '{"a":}'],
    ['two on a line', '1 2']
  ])('is not %s', (_, text) => expect(() => read(text)).toThrow(LiteralError));

  it('is not one that is nested so deep that reading it would fail', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(read(nested(20)).text).toBe(nested(20));
    expect(() => read(nested(10_000))).toThrow(LiteralError);
  });

  it('with a key of an object’s own name makes no object of another kind', () => {
    const value = read('{"__proto__": {"polluted": 1}}').value as Record<string, unknown>;
    expect(value.polluted).toBeUndefined();
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(JSON.stringify(value)).toBe('{"__proto__":{"polluted":1}}');
  });
});
