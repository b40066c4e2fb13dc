import { describe, expect, it } from 'vitest';
import { Lines } from '../../../../src/managers/logs/lines';

function all(lines: Lines): string[] {
  return Array.from({ length: lines.length }, (_, index) => lines.line(index));
}

function starts(lines: Lines): number[] {
  return Array.from({ length: lines.length }, (_, index) => lines.at(index));
}

function linesOf(...pieces: string[]): Lines {
  const lines = new Lines();
  pieces.forEach(piece => lines.append(piece));
  return lines;
}

describe('Lines', () => {
  it('joins a line that came in pieces, and shows its beginning at once', () => {
    const lines = linesOf('one\ntw');
    expect(all(lines)).toEqual(['one', 'tw']);
    lines.append('o\nthree\n');
    expect(all(lines)).toEqual(['one', 'two', 'three']);
  });

  it('takes a line end that was cut between its two characters as one', () => {
    expect(all(linesOf('one\r', '\ntwo\r\n'))).toEqual(['one', 'two']);
  });

  // proves: machine.progress-bars
  it('shows of a progress bar what a terminal would show', () => {
    const lines = linesOf('start\n 10%\r 20%\r');
    expect(all(lines)).toEqual(['start', ' 20%']);
    lines.append(' 30%');
    expect(all(lines)).toEqual(['start', ' 30%']);
    lines.append('\rdone\n');
    expect(all(lines)).toEqual(['start', 'done']);
  });

  it('needs no memory for an endless progress bar', () => {
    const lines = new Lines();
    for (let step = 0; step < 10_000; step++) {
      lines.append(`\r${step} of 10000`);
    }
    expect(all(lines)).toEqual(['9999 of 10000']);
  });

  it('repeats a colour that goes on over several lines, until it is reset', () => {
    const lines = linesOf('\x1b[31mred\nstill red\x1b[0m\nplain\n');
    expect(all(lines)).toEqual(['\x1b[31mred', '\x1b[31mstill red\x1b[0m', 'plain']);
  });

  it('drops cursor movements, titles and control characters, and keeps tabs', () => {
    const lines = linesOf('\x1b[2K\x1b[1Aa\tb\x07\x1b]0;title\x07\x00\n');
    expect(all(lines)).toEqual(['a\tb']);
  });

  it('breaks a line without end', () => {
    const lines = linesOf('x'.repeat(20_000));
    expect(lines.length).toBe(3);
    expect(all(lines).join('')).toBe('x'.repeat(20_000));
  });

  it('drops the oldest lines when there are too many', () => {
    const lines = new Lines(100);
    for (let index = 0; index < 250; index++) {
      lines.append(`${index}\n`);
    }
    expect(lines.length).toBeLessThanOrEqual(100);
    expect(Number(lines.line(0))).toBe(lines.offset);
    expect(lines.line(lines.length - 1)).toBe('249');
  });

  it('puts earlier lines before, and of one that was cut what stands before', () => {
    const lines = new Lines();
    lines.append('lf a line\nlast\n', 8);
    lines.prepend([
      { at: 0, text: 'first' },
      { at: 6, text: 'half a line' },
      { at: 18, text: 'last' }
    ]);
    expect(all(lines)).toEqual(['first', 'ha', 'lf a line', 'last']);
    expect(starts(lines)).toEqual([0, 6, 8, 18]);
  });

  it('knows at which byte each line begins', () => {
    const lines = linesOf('größe\r\n', '\u20ac ', '5\n😀\n', 'x'.repeat(9000), '\nend');
    const text = ['größe\r', '\u20ac 5', '😀', 'x'.repeat(9000)];
    const bytes = text.map(line => new TextEncoder().encode(line).length + 1);
    const [a, b, c, d] = bytes.map((_, index) =>
      bytes.slice(0, index + 1).reduce((sum, one) => sum + one, 0)
    );
    expect(starts(lines).slice(0, 4)).toEqual([0, a, b, c]);
    expect(lines.at(lines.length - 1)).toBe(d);
    expect(lines.end).toBe(d + 3);
  });

  it('knows it too where bytes were no text', () => {
    const lines = new Lines();
    lines.append('a\ufffdb\n\ufffd\ufffd\nend\n', 100, 111);
    expect(starts(lines)).toEqual([100, 104, 107]);
    expect(lines.end).toBe(111);
  });

  it('goes on after whole lines, and forgets lines at either end', () => {
    const lines = new Lines();
    const raw = (from: number) => [0, 1, 2].map(n => ({ at: from + 2 * n, text: `${from + n}` }));
    lines.extend(raw(0), 6);
    lines.extend(raw(6), 12);
    expect(starts(lines)).toEqual([0, 2, 4, 6, 8, 10]);
    lines.dropFirst(2);
    expect([lines.offset, lines.at(0)]).toEqual([2, 4]);
    lines.dropLast(1);
    expect(lines.end).toBe(10);
    lines.append('more\n', 10, 15);
    expect(all(lines)).toEqual(['2', '6', '7', 'more']);
    expect(starts(lines)).toEqual([4, 6, 8, 10]);
  });

  it('keeps the number of a line when others come before it', () => {
    const lines = linesOf('c\nd\n');
    const before = 1 + lines.offset;
    lines.prepend([
      { at: -4, text: 'a' },
      { at: -2, text: 'b' }
    ]);
    expect(all(lines)).toEqual(['a', 'b', 'c', 'd']);
    expect(3 + lines.offset).toBe(before);
  });

  it('holds a hundred thousand lines', () => {
    const text = Array.from({ length: 100_000 }, (_, index) => `line ${index}`).join('\n');
    expect(linesOf(text).length).toBe(100_000);
  });
});

describe('Lines, where a program goes back', () => {
  it.each([
    ['a backspace', 'abc\b\bX\n', 'aXc'],
    ['a spinner', 'wait |\b/\b-\b\\\b \bdone\n', 'wait done'],
    ['more backspaces than there are characters', 'a\b\b\bb\n', 'b'],
    ['a shorter text after a carriage return', '100 of 100\rok\n', 'ok0 of 100'],
    ['a line that is erased first', 'a long text\r\x1b[Kok\n', 'ok'],
    ['a line that is erased as a whole', 'a long text\x1b[2K\rok\n', 'ok'],
    ['the front erased', 'abcdef\x1b[3D\x1b[1K\n', '    ef'],
    ['columns', 'abcdef\x1b[2GX\x1b[2CY\n', 'aXcdYf'],
    ['a character of two units', '😀😀\b!\n', '😀!'],
    ['a movement far beyond the line', 'a\x1b[999999999C\n', 'a'],
    ['an unfinished line', 'ab\bc', 'ac']
  ])('shows what a terminal shows: %s', (_, written, shown) => {
    expect(all(linesOf(written))).toEqual([shown]);
    const slowly = new Lines();
    [...written].forEach(character => slowly.append(character));
    expect(all(slowly)).toEqual([shown]);
  });

  it('keeps the colours of what stays, and goes on in the last one', () => {
    expect(all(linesOf('\x1b[31mred\x1b[0m\rg\nplain\n'))).toEqual([
      'g\x1b[0m\x1b[31med\x1b[0m',
      'plain'
    ]);
    expect(all(linesOf('\x1b[31mab\nc\bd\ne\n'))).toEqual(['\x1b[31mab', '\x1b[31md', '\x1b[31me']);
  });

  // proves: machine.progress-bars
  it('ends in the same line however the text is cut', () => {
    const text = 'x\x1b[32mok\x1b[0m\b\bNO\r\x1b[1mbold\x1b[0m\x1b[K!\n\x1b[31m1%\r2%\b\b99%';
    const whole = all(linesOf(text)).map(visible);
    for (let at = 1; at < text.length; at++) {
      expect(all(linesOf(text.slice(0, at), text.slice(at))).map(visible)).toEqual(whole);
    }
  });

  it('does not grow with a spinner that never ends', () => {
    const lines = linesOf('\x1b[31m');
    for (let step = 0; step < 5_000; step++) {
      lines.append(`\b${'|/-\\'[step % 4]}`);
    }
    expect(lines.length).toBe(1);
    expect(lines.line(0).length).toBeLessThan(40);
  });
});

/** A line without its colours. */
function visible(line: string): string {
  // eslint-disable-next-line no-control-regex -- what colours are made of
  return line.replace(/\x1b\[[\d;]*m/g, '');
}
