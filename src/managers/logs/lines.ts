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

/**
 * Text of a terminal, cut into lines that can be shown each by itself.
 *
 * Carriage returns, backspaces and erasures do what they do in a terminal, as progress bars use them. A colour that goes on over several lines is
 * repeated at the front of each. Lines without end are broken; the oldest are dropped when there are too many.
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

  /** Whether the oldest lines were dropped. */
  get isCut(): boolean {
    return this._isCut;
  }

  line(index: number): string {
    return index < this._lines.length
      ? this._lines[index]
      : this._colour + shownOf(this._tail, this._colour);
  }

  append(text: string): void {
    const parts = (this._tail + text).replaceAll('\r\n', '\n').split('\n');
    this._tail = parts.pop() ?? '';
    parts.forEach(part => this._push(part));
    this._shortenTail();
    this._drop();
  }

  /** Put earlier text before what is here. */
  prepend(text: string): void {
    const earlier = new Lines(Infinity);
    earlier.append(text);
    const lines = earlier._lines;
    if (earlier._tail !== '') {
      lines.push(earlier.line(lines.length) + (this._lines.shift() ?? ''));
      this._offset++;
    }
    this._lines = lines.concat(this._lines);
    this._offset -= lines.length;
  }

  /** Drop all lines. The next ones are numbered after those that were here: no two lines share a number. */
  clear(): void {
    this._offset += this.length;
    this._lines = [];
    this._tail = '';
    this._colour = '';
    this._isCut = false;
  }

  private _push(part: string): void {
    const whole = shownOf(part, this._colour);
    for (let at = 0; at === 0 || at < whole.length; at += LONGEST_LINE) {
      const line = whole.slice(at, at + LONGEST_LINE);
      this._lines.push(this._colour + line);
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
      this._push(broken);
    }
  }

  private _drop(): void {
    if (this._lines.length > this._most) {
      const count = this._lines.length - Math.floor(this._most * 0.9);
      this._lines.splice(0, count);
      this._offset += count;
      this._isCut = true;
    }
  }

  private _lines: string[] = [];
  private _tail = '';
  private _colour = '';
  private _offset = 0;
  private _isCut = false;
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
