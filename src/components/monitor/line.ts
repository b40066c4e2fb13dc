import type uPlot from 'uplot';

/**
 * The line of a column of numbers, with a gap where there is none.
 *
 * uPlot's own knows gaps as nulls only, which typed arrays cannot hold. Where several samples fall on one column of the
 * canvas, it goes through the lowest and the highest of them.
 */
export const gappedLine: uPlot.Series.PathBuilder = (plot, series, from, to) => {
  const stroke = new Path2D();
  const x = plot.data[0] as Float64Array;
  const y = plot.data[series] as Float64Array;
  const scale = plot.series[series].scale ?? 'y';
  const pen = new Pen(stroke);
  for (let at = from; at <= to; at++) {
    if (y[at] === y[at]) {
      const left = Math.round(plot.valToPos(x[at], 'x', true));
      pen.draw(left, Math.round(plot.valToPos(y[at], scale, true)));
    } else {
      pen.lift();
    }
  }
  pen.lift();
  return { stroke, fill: null, clip: null, band: null, gaps: [], flags: 1 };
};

/** Draws each column of the canvas once, from where the line enters it over its extremes to where it leaves it. */
class Pen {
  constructor(private readonly _path: Path2D) {}

  draw(x: number, y: number): void {
    if (!this._isDown || x !== this._x) {
      this._finish();
      this._enter(x, y);
    }
    this._low = Math.min(this._low, y);
    this._high = Math.max(this._high, y);
    this._last = y;
  }

  lift(): void {
    this._finish();
    this._isDown = false;
  }

  private _enter(x: number, y: number): void {
    if (this._isDown) {
      this._path.lineTo(x, y);
    } else {
      this._path.moveTo(x, y);
      // A sample that stands alone is seen as well.
      this._path.lineTo(x + 1, y);
      this._path.moveTo(x, y);
    }
    this._isDown = true;
    this._x = x;
    this._low = this._high = y;
  }

  private _finish(): void {
    if (this._isDown && this._low !== this._high) {
      this._path.lineTo(this._x, this._low);
      this._path.lineTo(this._x, this._high);
      this._path.lineTo(this._x, this._last);
    }
  }

  private _isDown = false;
  private _x = 0;
  private _low = 0;
  private _high = 0;
  private _last = 0;
}
