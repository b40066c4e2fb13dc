/** Milliseconds over which a speed is measured. */
const SPAN = 5000;

/** How fast something goes: what came within the last seconds, over those seconds. */
export class Speed {
  /** So much had come at this time, in milliseconds. */
  note(now: number, done: number): void {
    this._notes.push([now, done]);
    while (this._notes.length > 2 && now - this._notes[1][0] > SPAN) {
      this._notes.shift();
    }
  }

  /** Begin anew: it stood still. */
  reset(): void {
    this._notes = [];
  }

  /** A second's worth; 0 when nothing is known. */
  get perSecond(): number {
    const [first, last] = [this._notes[0], this._notes.at(-1)];
    if (!first || !last || last[0] === first[0]) {
      return 0;
    }
    return Math.max(0, ((last[1] - first[1]) * 1000) / (last[0] - first[0]));
  }

  private _notes: [number, number][] = [];
}
