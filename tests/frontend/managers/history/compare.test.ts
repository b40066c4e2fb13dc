import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { compareContents, MOST_LINES } from '../../../../src/managers/history/compare';
import type { Comparison, ILine } from '../../../../src/tokens/history';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const texts = (old: string, now: string): Comparison =>
  compareContents(bytes(old), bytes(now), false);

interface IRaw {
  id?: string;
  cell_type?: string;
  source?: unknown;
  outputs?: unknown;
}
const notebook = (...cells: IRaw[]): Uint8Array =>
  bytes(JSON.stringify({ cells: cells.map(cell => ({ cell_type: 'code', ...cell })) }));
const notebooks = (old: IRaw[], now: IRaw[]): Comparison =>
  compareContents(notebook(...old), notebook(...now), true);

function parts(comparison: Comparison) {
  return comparison.kind === 'parts' ? comparison.parts : [];
}
const written = (lines: readonly ILine[]): string[] =>
  lines.map(({ kind, text, before, after }) => `${before ?? ''}:${after ?? ''}${kind}${text}`);
/** Each part as its kind, the cell's number, and its lines. */
const told = (comparison: Comparison) =>
  parts(comparison).map(({ kind, cell, lines }) => [
    kind,
    cell?.number ?? 0,
    ...lines.map(line => line.kind + line.text)
  ]);

// A comparison gives up after a while: here none passes.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

// proves: history.view
describe('texts', () => {
  it('that are equal are the same', () => {
    expect(texts('a\nb\n', 'a\nb\n')).toEqual({ kind: 'same' });
    expect(texts('', '')).toEqual({ kind: 'same' });
  });

  it('differ line by line, with the numbers of both and some lines around', () => {
    const old = Array.from({ length: 40 }, (_, at) => `line ${at + 1}`);
    const now = [...old.slice(0, 9), 'other', ...old.slice(10), 'new'];
    const [{ cell, lines }] = parts(texts(`${old.join('\n')}\n`, `${now.join('\n')}\n`));
    expect(cell).toBeNull();
    expect(written(lines)).toEqual([
      '7:7 line 7',
      '8:8 line 8',
      '9:9 line 9',
      '10:-line 10',
      ':10+other',
      '11:11 line 11',
      '12:12 line 12',
      '13:13 line 13',
      ':gap',
      '38:38 line 38',
      '39:39 line 39',
      '40:40 line 40',
      ':41+new'
    ]);
  });

  it('are told apart when only the line break at the end differs', () => {
    const [{ lines }] = parts(texts('a', 'a\n'));
    expect(lines.map(({ kind }) => kind)).toEqual(['-', 'end', '+']);
  });

  it('keep what looks like a sign, and what looks like HTML', () => {
    expect(told(texts('-a\n+b\n\\c\n', '-a\n+b\n\\c\n<b>\n'))).toEqual([
      ['changed', 0, ' -a', ' +b', ' \\c', '+<b>']
    ]);
  });

  it('are cut where nobody reads on', () => {
    const many = Array.from({ length: MOST_LINES + 50 }, (_, at) => `${at}\n`).join('');
    const comparison = texts('', many);
    expect(comparison).toMatchObject({ kind: 'parts', left: 50 });
    expect(parts(comparison)[0].lines).toHaveLength(MOST_LINES);
  });
});

describe('what is no text', () => {
  it.each([
    ['a zero', Uint8Array.of(97, 0, 98)],
    ['no UTF-8', Uint8Array.of(0xff, 0xfe, 0x61)]
  ])('says so: %s', (_, content) => {
    expect(compareContents(content, bytes('a'), false)).toEqual({ kind: 'binary' });
    expect(compareContents(bytes('a'), content, true)).toEqual({ kind: 'binary' });
    expect(compareContents(content, content.slice(), false)).toEqual({ kind: 'same' });
  });
});

// proves: history.view
describe('notebooks', () => {
  it('leave outputs out', () => {
    const old = [{ id: 'a', source: 'x', outputs: [1] }];
    expect(notebooks(old, [{ id: 'a', source: 'x', outputs: [2] }])).toEqual({
      kind: 'same-cells'
    });
  });

  it('show the cells that changed, came and went, each with its number', () => {
    const old = [
      { id: 'a', source: 'import torch' },
      { id: 'b', source: ['lr = 0.1\n', 'epochs = 3'] },
      { id: 'c', source: 'gone()' },
      { id: 'd', source: 'last' }
    ];
    const now = [
      { id: 'n', cell_type: 'markdown', source: '# Title' },
      { id: 'a', source: 'import torch' },
      { id: 'b', source: 'lr = 0.01\nepochs = 3' },
      { id: 'd', source: 'last' }
    ];
    expect(told(notebooks(old, now))).toEqual([
      ['added', 1, '+# Title'],
      ['changed', 3, '-lr = 0.1', '+lr = 0.01', ' epochs = 3'],
      ['removed', 3, '-gone()']
    ]);
  });

  it('without ids pair what stands in the place of another', () => {
    const old = [{ source: 'a' }, { source: 'b' }, { source: 'c' }];
    const now = [{ source: 'a' }, { source: 'B' }, { source: 'new' }, { source: 'c' }];
    expect(told(notebooks(old, now))).toEqual([
      ['changed', 2, '-b', '+B'],
      ['added', 3, '+new']
    ]);
  });

  it('tell of a cell that became another kind, and of an empty one that came', () => {
    const old = [{ id: 'a', source: 'x' }];
    const now = [{ id: 'a', cell_type: 'raw', source: 'x' }, { id: 'e' }];
    const comparison = notebooks(old, now);
    expect(parts(comparison).map(({ kind, cell }) => [kind, cell])).toEqual([
      ['changed', { number: 1, type: 'raw', was: 'code' }],
      ['added', { number: 2, type: 'code', was: 'code' }]
    ]);
  });

  it('that are none are compared as texts', () => {
    expect(told(compareContents(bytes('{'), notebook({ source: 'x' }), true))[0]).toContain('-{');
    expect(told(compareContents(bytes('null'), bytes('{"cells": 1}'), true))[0]).toContain('-null');
  });

  it('with odd cells are shown all the same', () => {
    const odd = bytes(JSON.stringify({ cells: [null, 5, { source: { a: 1 } }, { id: 7 }] }));
    expect(compareContents(odd, notebook({ source: 'x' }), true).kind).toBe('parts');
  });
});
