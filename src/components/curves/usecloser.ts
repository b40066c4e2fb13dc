import { useEffect, useState } from 'react';
import type { ISeries, IWindow } from '../../tokens/metrics';
import type { IAxis } from './axis';
import type { Plot } from './plot';
import type { IRange } from './view';

/** Milliseconds that a range rests before the server is asked for it. */
const REST = 150;
/** A curve with fewer points than this was not thinned on its way here: the server has no more of it. */
const MOST_WHOLE = 1500;

/** Asks for the points of some curves, by the names that they have in the chart. */
export type Closer = (window: IWindow) => Promise<ReadonlyMap<string, ISeries>>;

const NONE: ReadonlyMap<string, ISeries> = new Map();

/**
 * Curves in more points than are here, for the range at which one looks.
 *
 * What is here is thinned; so the server is asked when somebody looks closer, and rests there. A refusal leaves what is
 * here.
 */
export function useCloser(
  plot: Plot | null,
  names: readonly string[],
  series: ReadonlyMap<string, ISeries>,
  range: IRange | null,
  ask?: Closer
): ReadonlyMap<string, ISeries> {
  const [closer, setCloser] = useState(NONE);
  const { begin = NaN, end = NaN, isLive = false } = range ?? {};
  const key = names.join('\n');
  useEffect(() => {
    setCloser(NONE);
    if (!plot || !ask || isLive || Number.isNaN(begin)) {
      return undefined;
    }
    let isOver = false;
    const timer = window.setTimeout(() => {
      void askCloser(plot, names, series, { begin, end, ask }).then(found => {
        if (!isOver && found.size > 0) {
          setCloser(found);
        }
      });
    }, REST);
    return () => {
      isOver = true;
      window.clearTimeout(timer);
    };
    // The names and curves are those of the plot, and asking is the same although it is written anew.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [plot, key, begin, end, isLive]);
  return closer;
}

/** Who draws: on which axes, and how wide. */
interface IDrawer {
  readonly width: number;
  axisOf(name: string): IAxis;
}

/** Ask for the curves that were thinned on their way here; what is refused is not among the answer. */
export async function askCloser(
  drawer: IDrawer,
  names: readonly string[],
  series: ReadonlyMap<string, ISeries>,
  { begin, end, ask }: { begin: number; end: number; ask: Closer }
): Promise<ReadonlyMap<string, ISeries>> {
  return await allOf(windowsOf(drawer, names, series, begin, end), ask);
}

/** What to ask for: one window where the curves share an axis, for those that were thinned. */
function windowsOf(
  drawer: IDrawer,
  names: readonly string[],
  series: ReadonlyMap<string, ISeries>,
  begin: number,
  end: number
): IWindow[] {
  const thinned = names.filter(name => {
    const { rewrites = 0, length = 0 } = series.get(name) ?? {};
    return rewrites > 0 || length >= MOST_WHOLE;
  });
  const windows = new Map<unknown, IWindow>();
  for (const name of thinned) {
    const axis = drawer.axisOf(name);
    const asked = axis.asked(begin, end);
    const margin = (asked.end - asked.begin) / 20;
    const before = windows.get(axis);
    windows.set(axis, {
      names: [...(before?.names ?? []), name],
      axis: asked.axis,
      begin: asked.begin - margin,
      end: asked.end + margin,
      points: 2 * drawer.width
    });
  }
  return [...windows.values()].filter(one => Number.isFinite(one.begin + one.end));
}

async function allOf(
  windows: readonly IWindow[],
  ask: Closer
): Promise<ReadonlyMap<string, ISeries>> {
  const answers = await Promise.allSettled(windows.map(ask));
  return new Map(
    answers.flatMap(answer => (answer.status === 'fulfilled' ? [...answer.value] : []))
  );
}
