/** What a literal of Python, R, Julia or JavaScript can mean that JSON can say. */
export type Literal = string | number | boolean | null | Literal[] | { [key: string]: Literal };

/** Thrown where a text is no literal: it would have to be run. */
export class LiteralError extends Error {}

const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ...['True', 'TRUE', 'true'].map(word => [word, true] as const),
  ...['False', 'FALSE', 'false'].map(word => [word, false] as const),
  ...['None', 'NULL', 'null', 'nothing'].map(word => [word, null] as const)
]);
const NUMBER = /[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?L?(?![\w.])/y;
const WORD = /[A-Za-z]+(?![\w.([])/y;
const SPACE = /(?:\s|#[^\n]*)*/y;
const END = /[ \t]*;?[ \t]*(?:(?:#|\/\/)[^\n]*)?(?=\n|$)/y;
const CLOSERS: ReadonlyMap<string, string> = new Map(
  ['[]', '()', '{}'].map(([from, to]) => [from, to])
);
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['\n', '']
]);

/** Reads one literal of a program, that must be all that stands on its line. */
export class PythonLiteralReader {
  constructor(
    private readonly _text: string,
    private _at: number
  ) {}

  /** The value, and the text that says it. Throws LiteralError. */
  read(): { value: Literal; text: string } {
    this._match(/[ \t]*/y);
    const from = this._at;
    const value = this._value(0);
    const text = this._text.slice(from, this._at);
    if (this._match(END) === null) {
      throw new LiteralError();
    }
    return { value, text };
  }

  private _value(depth: number): Literal {
    const next = this._text[this._at];
    if (depth > 20) {
      throw new LiteralError();
    }
    if (next === '"' || next === "'") {
      return this._string(next);
    }
    return CLOSERS.has(next) ? this._many(next, depth) : this._plain();
  }

  private _plain(): number | boolean | null {
    const number = this._match(NUMBER);
    if (number !== null) {
      const value = Number(number.replaceAll('_', '').replace('L', ''));
      if (Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))) {
        return value;
      }
      throw new LiteralError();
    }
    const value = WORDS.get(this._match(WORD) ?? '');
    if (value === undefined) {
      throw new LiteralError();
    }
    return value;
  }

  private _string(quote: string): string {
    const mark = this._text.startsWith(quote.repeat(3), this._at) ? quote.repeat(3) : quote;
    let found = '';
    for (this._at += mark.length; this._at < this._text.length; this._at++) {
      if (this._text.startsWith(mark, this._at)) {
        this._at += mark.length;
        return found;
      }
      const letter = this._text[this._at];
      if (letter === '\n' && mark === quote) {
        break;
      }
      found += letter === '\\' ? this._escaped() : letter;
    }
    throw new LiteralError();
  }

  private _escaped(): string {
    const letter = this._text[++this._at] ?? '';
    if (/[\dabfvxuUN]/.test(letter)) {
      throw new LiteralError();
    }
    return ESCAPES.get(letter) ?? letter;
  }

  /** A list, a tuple or a table; round brackets about one thing mean the thing. */
  private _many(opener: string, depth: number): Literal {
    let hadComma = false;
    const items: Literal[] = [];
    const table: [string, Literal][] = [];
    this._at++;
    for (;;) {
      this._match(SPACE);
      if (this._text[this._at] === CLOSERS.get(opener)) {
        this._at++;
        const isOne = opener === '(' && items.length === 1 && !hadComma;
        return opener === '{' ? Object.fromEntries(table) : isOne ? items[0] : items;
      }
      const value = this._value(depth + 1);
      this._match(SPACE);
      if (opener === '{') {
        this._expect(':');
        this._match(SPACE);
        const key = typeof value === 'string' ? value : JSON.stringify(value);
        table.push([key, this._value(depth + 1)]);
        this._match(SPACE);
      } else {
        items.push(value);
      }
      if (this._text[this._at] !== CLOSERS.get(opener)) {
        this._expect(',');
        hadComma = true;
      }
    }
  }

  private _expect(mark: string): void {
    if (this._text[this._at++] !== mark) {
      throw new LiteralError();
    }
  }

  private _match(pattern: RegExp): string | null {
    pattern.lastIndex = this._at;
    const found = pattern.exec(this._text);
    this._at += found?.[0].length ?? 0;
    return found ? found[0] : null;
  }
}
