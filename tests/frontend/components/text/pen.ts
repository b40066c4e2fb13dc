import type { IAskedText, IPiece } from '../../../../src/api/text/writing';

/** A model whose pieces the test gives, one after the other. */
export class FakePen {
  readonly asked: IAskedText[] = [];
  /** How many texts were broken off by their reader. */
  left = 0;

  readonly write = async function* (
    this: FakePen,
    asked: IAskedText,
    signal: AbortSignal
  ): AsyncGenerator<IPiece> {
    this.asked.push(asked);
    const gone = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        this.left++;
        reject(new DOMException('The reader left.', 'AbortError'));
      });
    });
    for (;;) {
      const piece = await Promise.race([this._next(), gone]);
      if (piece instanceof Error) {
        throw piece;
      }
      yield piece;
    }
  }.bind(this);

  /** Give a piece, or an error. */
  give(...pieces: (IPiece | Error)[]): void {
    this._waiting.push(...pieces);
    this._wake();
  }

  /** Give letters, and perhaps an end. */
  say(text: string, ended: string | null = null): void {
    this.give({ text, ended });
  }

  private async _next(): Promise<IPiece | Error> {
    for (;;) {
      const piece = this._waiting.shift();
      if (piece) {
        return piece;
      }
      await new Promise<void>(resolve => (this._wake = resolve));
    }
  }

  private readonly _waiting: (IPiece | Error)[] = [];
  private _wake: () => void = () => undefined;
}
