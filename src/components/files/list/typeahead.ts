/** Milliseconds after which what is typed begins anew. */
const PAUSE = 900;

/** Finds a name by its first letters, as they are typed. */
export class TypeAhead {
  /** Whether a key goes on with what is being typed; a space does only then. */
  takes(key: string, time: number): boolean {
    return [...key].length === 1 && (key !== ' ' || this._isTyping(time));
  }

  /** The row that a letter leads to from another; null when there is none. One letter again and again goes on. */
  find(key: string, time: number, names: readonly string[], from: number): number | null {
    this._typed = this._isTyping(time) ? this._typed + key : key;
    this._time = time;
    const isRepeated = [...this._typed].every(letter => letter === this._typed[0]);
    const wanted = (isRepeated ? this._typed[0] : this._typed).toLocaleLowerCase();
    const first = from + (isRepeated ? 1 : 0);
    for (let step = 0; step < names.length; step++) {
      const at = (first + step) % names.length;
      if (names[at].toLocaleLowerCase().startsWith(wanted)) {
        return at;
      }
    }
    return null;
  }

  /** Another key ends it. */
  end(): void {
    this._typed = '';
  }

  private _isTyping(time: number): boolean {
    return this._typed !== '' && time - this._time < PAUSE;
  }

  private _typed = '';
  private _time = 0;
}
