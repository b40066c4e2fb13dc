import { describe, expect, it } from 'vitest';
import { axisOf, hasEpochs, reach } from '../../../../src/components/curves/axis';
import { DrawnCurve } from '../../../../src/components/curves/rows/drawn';
import { Curve } from '../../../../src/managers/metrics/curve';
import { aCurve, addPoints } from '../../support';

/** A curve whose points have these steps and moments. */
function timed(step: number[], time: (number | null)[]): Curve {
  const curve = new Curve();
  curve.append({ step, value: step.map(() => 1), time });
  return curve;
}

const places = (drawn: DrawnCurve): number[] => {
  drawn.update();
  return [...drawn.x.subarray(0, drawn.length)];
};

describe('an axis', () => {
  it('is the steps, or the clock', () => {
    const run = new Map([['loss', timed([1, 2], [100, 130])]]);
    expect(axisOf('step', run).place(2, 130)).toBe(2);
    expect(axisOf('clock', run).place(2, 130)).toBe(130);
    expect(axisOf('clock', run).asked(100, 130)).toEqual({ axis: 'time', begin: 100, end: 130 });
  });

  it('counts the time from the first point of the run, whichever curve has it', () => {
    const run = new Map([
      ['val', timed([5], [160])],
      ['train', timed([0, 1], [null, 100])]
    ]);
    const axis = axisOf('elapsed', run);
    expect(axis.place(5, 160)).toBe(60);
    expect(axis.asked(0, 60)).toEqual({ axis: 'time', begin: 100, end: 160 });
  });

  it('leaves out points whose time nobody knows', () => {
    const curve = timed([0, 1, 2], [100, null, 102]);
    const axis = axisOf('elapsed', new Map([['loss', curve]]));
    expect(places(new DrawnCurve(curve, { smoothing: 0, logScale: false, axis }))).toEqual([0, 2]);
  });

  it('spreads the steps of an epoch between its beginning and the next', () => {
    const epoch = aCurve([0, 0, 1, 1, 2], [0, 50, 100, 150, 200]);
    const axis = axisOf('epoch', new Map([['epoch', epoch]]));
    expect([0, 50, 100, 199, 250].map(step => axis.place(step, NaN))).toEqual([
      0, 0.5, 1, 1.99, 2.5
    ]);
    expect(axis.asked(0.5, 1.5)).toEqual({ axis: 'step', begin: 50, end: 150 });
  });

  it('moves what stood beyond the last epoch when the next turns out longer', () => {
    const epoch = aCurve([0, 1], [0, 10]);
    const loss = aCurve([9, 8, 7], [0, 10, 30]);
    const axis = axisOf('epoch', new Map([['epoch', epoch]]));
    const drawn = new DrawnCurve(loss, { smoothing: 0, logScale: false, axis });
    expect(places(drawn)).toEqual([0, 1, 3]);
    addPoints(epoch, [2], [50]);
    expect(places(drawn)).toEqual([0, 1, 1.5]);
  });

  it('is there only where the run logged epochs, and has no places otherwise', () => {
    expect(hasEpochs(new Map([['epoch', aCurve([0])]]))).toBe(true);
    const run = new Map([['loss', aCurve([0])]]);
    expect(hasEpochs(run)).toBe(false);
    expect(axisOf('epoch', run).place(1, 1)).toBeNaN();
    expect(axisOf('epoch', new Map([['epoch', aCurve([3])]])).place(1, 1)).toBe(3);
  });

  it('tells how far runs reach', () => {
    const [a, b] = [new Map([['x', aCurve([1, 1], [5, 9])]]), new Map([['y', aCurve([1], [2])]])];
    expect(reach('step', [a, b])).toEqual([2, 9]);
    expect(reach('step', [new Map([['x', new Curve()]])])).toBeNull();
    expect(reach('epoch', [a])).toBeNull();
  });
});
