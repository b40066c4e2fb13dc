import { isEdited, mixColour, TerminalLine } from './terminalline';

/* eslint-disable no-control-regex -- terminal output is made of control characters */
const COLOUR = /\x1b\[([\d;]*)m/g;
const OTHER_SEQUENCES =
  /\x1b(?:\[[\d;?]*[A-LN-Za-ln-z@`]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>78])/g;
const CONTROL = /[\x00-\x08\x0b\x0c-\x1a\x1c-\x1f\x7f]/g;
/** The beginning of a sequence whose rest has not come yet. */
const CUT_SEQUENCE = /\x1b(?:\[[\d;?]*)?$/;
/* eslint-enable no-control-regex */
const LONGEST_LINE = 8_000;

/** A line as the server tells it: its text without the end, and the byte of the log at which it begins. */
export interface IRawLine {
  at: number;
  text: string;
}

/**
 * Text of a terminal, cut into lines that can be shown each by itself.
 *
 * Carriage returns, backspaces and erasures do what they do in a terminal, as progress bars use them. A colour that
 * goes on over several lines is repeated at the front of each. Lines without end are broken; the oldest are dropped
 * when there are too many. Of each it is known at which byte of the log it begins.
 */
export class Lines {
  constructor(private readonly _most = 200_000) {}

  get length(): number {
    return this._lines.length + (this._tail === '' ? 0 : 1);
  }

  /** How many lines were dropped (positive) or put (negative) at the front since the beginning. */
  get offset(): number {
    return this._offset;
  }

  /** The byte after the last one here. */
  get end(): number {
    return this._end;
  }

  line(index: number): string {
    return index < this._lines.length
      ? this._lines[index]
      : this._colour + shownOf(this._tail, this._colour);
  }

  at(index: number): number {
    return index < this._lines.length ? this._starts[index] : this._tailStart;
  }

  /** Text that stands in the log from byte `start` to byte `end`. */
  append(text: string, start = this._end, end = start + bytesOf(text)): void {
    const measure = bytesOf(text) === end - start ? bytesOf : bytesOfBroken;
    let at = start;
    if (this._tail === '') {
      this._tailStart = start;
    }
    const parts = text.split('\n');
    const last = parts.pop() ?? '';
    for (const part of parts) {
      const whole = this._tail + part;
      this._push(whole.endsWith('\r') ? whole.slice(0, -1) : whole, this._tailStart);
      at += measure(part) + 1;
      this._tail = '';
      this._tailStart = at;
    }
    this._tail += last;
    this._end = end;
    this._shortenTail();
    this._drop();
  }

  /** Put earlier lines before what is here: those that begin before it. */
  prepend(raw: readonly IRawLine[]): void {
    const first = this.length > 0 ? this.at(0) : this._end;
    const earlier = new Lines(Infinity);
    for (const { at, text } of raw) {
      if (at < first) {
        earlier._push(before(text, first - at), at);
      }
    }
    this._lines = earlier._lines.concat(this._lines);
    this._starts = earlier._starts.concat(this._starts);
    this._offset -= earlier._lines.length;
  }

  /** Add whole lines at the end. */
  extend(raw: readonly IRawLine[], end: number): void {
    for (const { at, text } of raw) {
      this._push(text.endsWith('\r') ? text.slice(0, -1) : text, at);
    }
    this._tailStart = this._end = end;
  }

  /** Drop lines at the front, the last one excepted. */
  dropFirst(count: number): void {
    this._lines.splice(0, count);
    this._starts.splice(0, count);
    this._offset += count;
  }

  /** Drop lines at the end. */
  dropLast(count: number): void {
    this._end = this._starts[this._starts.length - count];
    this._tailStart = this._end;
    this._lines.splice(-count);
    this._starts.splice(-count);
  }

  /** Drop all lines. The next ones are numbered after those that were here: no two lines share a number. */
  clear(): void {
    this._offset += this.length;
    this._lines = [];
    this._starts = [];
    this._tail = '';
    this._colour = '';
    this._end = this._tailStart = 0;
  }

  private _push(part: string, at: number): void {
    const whole = shownOf(part, this._colour);
    for (let from = 0; from === 0 || from < whole.length; from += LONGEST_LINE) {
      const line = whole.slice(from, from + LONGEST_LINE);
      this._lines.push(this._colour + line);
      this._starts.push(at);
      this._colour = colourAfter(this._colour, line);
    }
  }

  /** Of an unfinished line keep what still shows, so that an endless progress bar needs no memory. */
  private _shortenTail(): void {
    if (isEdited(this._tail)) {
      const cut = CUT_SEQUENCE.exec(this._tail)?.[0] ?? '';
      const whole = this._tail.slice(0, this._tail.length - cut.length);
      this._tail = new TerminalLine(this._colour).write(whole).state + cut;
    }
    if (this._tail.length > LONGEST_LINE) {
      const broken = this._tail;
      this._tail = '';
      this._push(broken, this._tailStart);
      this._tailStart = this._end;
    }
  }

  private _drop(): void {
    if (this._lines.length > this._most) {
      this.dropFirst(this._lines.length - Math.floor(this._most * 0.9));
    }
  }

  private _lines: string[] = [];
  private _starts: number[] = [];
  private _tail = '';
  private _tailStart = 0;
  private _end = 0;
  private _colour = '';
  private _offset = 0;
}

/** How many bytes a text has in the log. */
export function bytesOf(text: string): number {
  let count = text.length;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    // Of a pair of surrogates, four bytes for two characters, each counts two.
    count += code < 0x80 ? 0 : code < 0x800 || isSurrogate(code) ? 1 : 2;
  }
  return count;
}

/** The same where bytes that are no text were replaced, each by one character. */
function bytesOfBroken(text: string): number {
  return bytesOf(text) - 2 * (text.split('\ufffd').length - 1);
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code < 0xe000;
}

/** As much of a text as stands in its first bytes. */
function before(text: string, bytes: number): string {
  if (text.length <= bytes && bytesOf(text) <= bytes) {
    return text;
  }
  return new TextDecoder().decode(new TextEncoder().encode(text).subarray(0, bytes));
}

/** What a terminal would show of a line, after the colour that goes on from the one before. */
function shownOf(line: string, colour: string): string {
  return isEdited(line) ? new TerminalLine(colour).write(line).text : plain(line);
}

/** A line without what does not show. */
function plain(line: string): string {
  return line.replace(OTHER_SEQUENCES, '').replace(CONTROL, '');
}

/** The colour sequences in force after a line. */
function colourAfter(before: string, line: string): string {
  let colour = before;
  for (const [sequence, codes] of line.matchAll(COLOUR)) {
    colour = mixColour(colour, sequence, codes);
  }
  return colour;
}
