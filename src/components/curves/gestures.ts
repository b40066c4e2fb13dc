import type uPlot from 'uplot';
import type { Ends, IRange } from './view';
import { moved, zoomed } from './view';

/** So narrow a drag, in pixels, is a click. */
const NARROW = 4;
/** How much closer one notch of a wheel goes. */
const NOTCH = 0.0015;

/** What the gestures are about. */
export interface ILooked {
  /** The range that is drawn. */
  readonly now: Ends | null;
  /** How far the curves reach. */
  readonly ends: Ends | null;
  readonly isLive: boolean;
  onRange(range: IRange | null): void;
}

/**
 * Looking closer with the mouse: a drag chooses a range, with Shift it moves it, the wheel with Ctrl goes closer, and
 * moves it where it is turned sideways; a double click shows everything again.
 */
export function gestures(looked: ILooked): Pick<uPlot.Cursor, 'bind' | 'drag'> {
  return {
    drag: { x: true, y: false, setScale: false },
    bind: {
      mousedown: (plot, _, handler) => event => {
        if (event.button === 0 && event.shiftKey) {
          pan(plot, event, looked);
        } else {
          handler(event);
        }
        return null;
      },
      dblclick: () => () => {
        looked.onRange(null);
        return null;
      }
    }
  };
}

/** The range over which somebody dragged; it is marked no more. */
export function takeSelection(plot: uPlot, looked: ILooked): void {
  const { left, width } = plot.select;
  if (width >= NARROW) {
    const [begin, end] = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    looked.onRange({ begin, end, isLive: false });
  }
}

/** Follow the wheel over a plot. */
export function followWheel(plot: uPlot, looked: ILooked): void {
  plot.over.addEventListener(
    'wheel',
    event => {
      const range = turned(plot, event, looked);
      if (range !== undefined) {
        event.preventDefault();
        looked.onRange(range);
      }
    },
    { passive: false }
  );
}

/** The range after the wheel was turned; undefined where the page shall scroll. */
function turned(plot: uPlot, event: WheelEvent, looked: ILooked): IRange | null | undefined {
  const { now, ends, isLive } = looked;
  if (now === null || ends === null) {
    return undefined;
  }
  if (event.ctrlKey || event.metaKey) {
    const factor = Math.exp(event.deltaY * NOTCH);
    const left = event.clientX - plot.over.getBoundingClientRect().left;
    const about = isLive ? now[1] : plot.posToVal(left, 'x');
    return zoomed(now, ends, factor, about, isLive);
  }
  const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
  const isAll = now[0] <= ends[0] && now[1] >= ends[1];
  return isSideways && !isAll
    ? moved(now, ends, (event.deltaX / plot.over.clientWidth) * (now[1] - now[0]))
    : undefined;
}

/** Move the range with the mouse until its button is let go. */
function pan(plot: uPlot, begin: MouseEvent, looked: ILooked): void {
  const { now, ends } = looked;
  if (now === null || ends === null) {
    return;
  }
  const perPixel = (now[1] - now[0]) / plot.over.clientWidth;
  const onMove = (event: MouseEvent): void =>
    looked.onRange(moved(now, ends, (begin.clientX - event.clientX) * perPixel));
  const onUp = (): void => {
    document.removeEventListener('mousemove', onMove);
    document.removeEventListener('mouseup', onUp);
  };
  document.addEventListener('mousemove', onMove);
  document.addEventListener('mouseup', onUp);
}
