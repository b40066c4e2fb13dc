/** More of them than this are thinned: every other one of the older half goes. */
const MOST = 100_000;

/** When what stands in a log was printed: from which byte on, in seconds since 1970. */
export class Times {
  /** Pairs of a byte and a time, in any order, such as were not told before. */
  add(pairs: readonly (readonly [number, number])[]): void {
    for (const [at, time] of pairs) {
      if (at > (this._places.at(-1) ?? -1)) {
        this._places.push(at);
        this._times.push(time);
      } else {
        this._insert(at, time);
      }
    }
    this._thin();
  }

  /** The times of lines, where they are known. */
  addLines(lines: readonly { at: number; time: number | null }[]): void {
    let last: number | null = null;
    for (const { at, time } of lines) {
      if (time !== null && time !== last) {
        this.add([[at, time]]);
      }
      last = time;
    }
  }

  /** When the byte at a place was printed; null where that is not known. */
  of(at: number): number | null {
    const index = this._after(at) - 1;
    return index < 0 ? null : this._times[index];
  }

  clear(): void {
    this._places = [];
    this._times = [];
  }

  private _insert(at: number, time: number): void {
    const index = this._after(at);
    if (this._places[index - 1] === at) {
      this._times[index - 1] = time;
    } else {
      this._places.splice(index, 0, at);
      this._times.splice(index, 0, time);
    }
  }

  /** The index of the first place after this one. */
  private _after(at: number): number {
    let low = 0;
    let high = this._places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this._places[middle] <= at) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private _thin(): void {
    if (this._places.length > MOST) {
      const isKept = (_: number, index: number): boolean => index % 2 === 0 || index > MOST / 2;
      this._places = this._places.filter(isKept);
      this._times = this._times.filter(isKept);
    }
  }

  private _places: number[] = [];
  private _times: number[] = [];
}
