/** The share of room that is left above and below what is drawn. */
const MARGIN = 0.1;
/** An axis is made closer when what is drawn takes less than this share of it. */
const LOOSE = 0.45;

type Ends = [low: number, high: number];

/** An axis that does not tremble: it changes when something is outside of it, or when it is much too wide. */
export class SteadyRange {
  /** The ends of the axis for values between these. */
  fit(low: number | null, high: number | null): Ends {
    if (isNumber(low) && isNumber(high) && !this._fits(low, high)) {
      const room = high - low || Math.abs(high) || 1;
      this._ends = [low - room * MARGIN, high + room * MARGIN];
    }
    return [...(this._ends ?? [0, 1])];
  }

  private _fits(low: number, high: number): boolean {
    if (this._ends === null) {
      return false;
    }
    const [from, to] = this._ends;
    const isFlat = high === low;
    return low >= from && high <= to && (isFlat || high - low >= (to - from) * LOOSE);
  }

  private _ends: Ends | null = null;
}

function isNumber(value: number | null): value is number {
  return value !== null && Number.isFinite(value);
}
