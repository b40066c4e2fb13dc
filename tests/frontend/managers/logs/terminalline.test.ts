import { describe, expect, it } from 'vitest';
import { TerminalLine, isEdited, mixColour } from '../../../../src/managers/logs/terminalline';

const shown = (text: string) => new TerminalLine().write(text).text;

describe('TerminalLine', () => {
  it.each([
    ['a return writes over, and the rest stays', 'abcdef\rxy', 'xycdef'],
    ['a backspace goes one place back, and not beyond the front', 'ab\b\b\b\bX', 'Xb'],
    ['left and right move without writing', 'abcd\x1b[2DX\x1b[1CY', 'abXdY'],
    ['a movement without a count is one step', 'ab\x1b[DX', 'aX'],
    ['a movement by none is one step', 'ab\x1b[0DX', 'aX'],
    ['a column counts from one', 'abcd\x1b[2GX', 'aXcd'],
    ['erasing to the end keeps what is before', 'abcd\x1b[2D\x1b[K', 'ab'],
    ['erasing from the front leaves blanks', 'abcd\x1b[2D\x1b[1K', '   d'],
    ['erasing all keeps the place', 'abc\x1b[2KX', '   X'],
    ['what is skipped is blank', '\x1b[3CX', '   X'],
    ['a bell and an escape that no one knows print nothing', 'a\x07\x1b[6n\x1b(Bb', 'ab'],
    ['a tab stays a tab', 'a\tb', 'a\tb'],
    ['a letter beyond the first plane is one place', '😀b\r😎', '😎b']
  ])('%s', (_, text, line) => expect(shown(text)).toBe(line));

  it('does not run away to the right', () => {
    const { length } = shown('\x1b[999999999CX');
    expect(length).toBeLessThan(10_000);
  });

  it('keeps its colour from cell to cell, and gives back that which was before', () => {
    expect(shown('\x1b[31mab\x1b[0mc')).toBe('\x1b[0m\x1b[31mab\x1b[0mc');
    const line = new TerminalLine('\x1b[32m').write('a');
    expect(line.text).toBe('a');
  });

  it('is the same line when its state is written anew, wherever it stands', () => {
    for (const text of ['abc', 'abc\r', 'abc\b', '\x1b[31mab\x1b[0mc\b\b', 'abc\x1b[2K']) {
      const { state } = new TerminalLine().write(text);
      expect(new TerminalLine().write(`${state}!`).text).toBe(shown(`${text}!`));
    }
  });
});

describe('what makes a line edited', () => {
  it.each([
    ['plain', false],
    ['\x1b[31mred\x1b[0m', false],
    ['ends in a return\r', false],
    ['10%\r20%', true],
    ['ab\b', true],
    ['\x1b[2K', true]
  ])('%j: %s', (text, edited) => expect(isEdited(text)).toBe(edited));
});

describe('mixed colours', () => {
  it('add up until a reset', () => {
    const red = mixColour('', '\x1b[31m', '31');
    const bold = mixColour(red, '\x1b[1m', '1');
    expect(bold).toBe('\x1b[31m\x1b[1m');
    expect(mixColour(bold, '\x1b[0m', '0')).toBe('');
    expect(mixColour(bold, '\x1b[m', '')).toBe('');
    expect(mixColour(bold, '\x1b[0;32m', '0;32')).toBe('\x1b[0;32m');
  });

  it('do not grow without end where a program never resets them', () => {
    let colour = '';
    for (let step = 0; step < 1000; step++) {
      colour = mixColour(colour, '\x1b[31m', '31');
      expect(colour.length).toBeLessThanOrEqual(200);
    }
  });
});
