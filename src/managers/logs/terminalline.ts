import { own } from '../../api/own';

/* eslint-disable no-control-regex -- terminal output is made of control characters */
/** A colour; a movement or an erasure within the line; any other sequence; one character. */
const TOKEN =
  /\x1b\[([\d;]*)m|\x1b\[(\d*)([CDGK])|\x1b(?:\[[\d;?]*[A-LN-Za-ln-z@`]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>78])|[^]/gu;
/** What makes a line other than the text that was written: going back, and erasing. */
const EDIT = /\r(?!$)|\x08|\x1b\[\d*[CDGK]/;
const SILENT = /^[\x00-\x08\x0a-\x1f\x7f]/;
const RESET = '\x1b[0m';
/* eslint-enable no-control-regex */
/** No movement leads further to the right than this. */
const FURTHEST = 8_000;
const LONGEST_COLOUR = 200;

/** Whether a terminal would show something else than the text as it stands. */
export function isEdited(text: string): boolean {
  return EDIT.test(text);
}

/** The colour sequences in force after one more. */
export function mixColour(before: string, sequence: string, codes: string): string {
  const resets = codes === '' || codes === '0' || codes.startsWith('0;');
  const colour = resets ? (codes.length > 1 ? sequence : '') : before + sequence;
  return colour.length > LONGEST_COLOUR ? '' : colour;
}

/**
 * One line of a terminal on which a program writes, goes back and writes again.
 *
 * A carriage return goes to the front, a backspace one place back; what is written there takes the place of what
 * stood there, and the rest stays, until the line is erased.
 */
export class TerminalLine {
  /** @param _before - The colour sequences in force before the line. */
  constructor(private readonly _before = '') {
    this._colour = _before;
  }

  write(text: string): this {
    for (const [token, codes, count, letter] of text.matchAll(TOKEN)) {
      if (codes !== undefined) {
        this._colour = mixColour(this._colour, token, codes);
      } else if (letter !== undefined) {
        this._edit(letter, Number(count || 0));
      } else if (token === '\r') {
        this._at = 0;
      } else if (token === '\b') {
        this._at = Math.max(0, this._at - 1);
      } else if (!SILENT.test(token)) {
        this._put(token);
      }
    }
    return this;
  }

  /** What it shows, with the colours that it needs after those in force before it. */
  get text(): string {
    return this._shown(this._cells.length);
  }

  /** A text that, written on an empty line, leads to the same line with the same place to write at. */
  get state(): string {
    const beyond = this._at - this._cells.length;
    const on = beyond > 0 ? `\x1b[${beyond}C` : '';
    const back = `\r${turn(this._colour, this._before)}`;
    return beyond >= 0 ? this.text + on : this.text + back + this._shown(this._at);
  }

  private _put(character: string): void {
    while (this._cells.length < this._at) {
      this._cells.push(' ');
      this._colours.push('');
    }
    this._cells[this._at] = character;
    this._colours[this._at] = this._colour;
    this._at++;
  }

  private _edit(letter: string, count: number): void {
    if (letter === 'K') {
      this._erase(count);
    } else {
      const steps = Math.max(1, count);
      const to =
        own({ C: this._at + steps, D: this._at - steps, G: steps - 1 }, letter) ?? this._at;
      this._at = Math.min(FURTHEST, Math.max(0, to));
    }
  }

  /** Erase to the end (0), from the front (1), or all (2). */
  private _erase(what: number): void {
    if (what === 1) {
      this._cells.fill(' ', 0, this._at + 1);
    } else {
      const kept = what === 0 ? this._at : 0;
      this._cells.splice(kept);
      this._colours.splice(kept);
    }
  }

  private _shown(end: number): string {
    let colour = this._before;
    const parts = this._cells.slice(0, end).map((cell, index) => {
      const part = turn(colour, this._colours[index]) + cell;
      colour = this._colours[index];
      return part;
    });
    return parts.join('') + turn(colour, this._colour);
  }

  private readonly _cells: string[] = [];
  private readonly _colours: string[] = [];
  private _colour: string;
  private _at = 0;
}

/** The sequences that lead from one colour to another. */
function turn(from: string, to: string): string {
  return from === to ? '' : RESET + to;
}
