import type { ISignal } from '@lumino/signaling';
import React, { useEffect, useRef } from 'react';
import type { ISeries } from '../../tokens/metrics';
import { useTrans } from '../basics/context';
import { formatValue } from '../basics/format';
import { useTheme } from '../basics/hooks';
import { useVisible } from '../basics/visibility';
import { Plot } from './plot';

/** What a chart draws. */
export interface IChartProps {
  title: string;
  names: readonly string[];
  series: ReadonlyMap<string, ISeries>;
  /** Emitted when points were added. The chart follows by itself: its parent need not draw again. */
  growth: ISignal<unknown, unknown>;
  smoothing: number;
  logScale: boolean;
}

/** Curves over their steps, drawn on a canvas that is made once and then only gets new points. */
export function Chart(props: IChartProps): React.JSX.Element {
  const { title, names, series, growth, smoothing, logScale } = props;
  const host = useRef<HTMLDivElement>(null);
  const caption = useRef<HTMLElement>(null);
  const plot = useRef<Plot | null>(null);
  const newest = useRef(series);
  newest.current = series;
  const trans = useTrans();
  const theme = useTheme();
  const isVisible = useVisible();
  const key = names.join('\n');
  useEffect(() => {
    const node = host.current;
    if (!node) {
      return undefined;
    }
    const onNewest = (): void => write(caption.current, titleOf(title, names, newest.current));
    const options = { names, logScale, xLabel: trans.__('step'), onNewest };
    const made = new Plot(node, options, newest.current, smoothing);
    plot.current = made;
    return () => {
      made.dispose();
      plot.current = null;
    };
    // Points come by the effect below; a new plot is needed only for another shape or theme.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [title, key, logScale, theme]);
  useEffect(() => {
    plot.current?.smooth(smoothing);
  }, [smoothing]);
  useEffect(() => {
    if (!isVisible) {
      return undefined;
    }
    const context = {};
    const onGrowth = (): void => plot.current?.show(series);
    growth.connect(onGrowth, context);
    onGrowth();
    return () => {
      growth.disconnect(onGrowth, context);
    };
  }, [growth, series, isVisible]);
  return (
    <figure className="crispdm-Chart">
      <figcaption ref={caption} />
      <div ref={host} />
    </figure>
  );
}

/** One curve tells its newest value beside its name; the legend of several does it at the cursor. */
function titleOf(
  title: string,
  names: readonly string[],
  series: ReadonlyMap<string, ISeries>
): string {
  const last = names.length > 1 ? undefined : series.get(names[0])?.value.at(-1);
  return last === undefined ? title : `${title}  ${formatValue(last)}`;
}

function write(node: HTMLElement | null, text: string): void {
  if (node && node.textContent !== text) {
    node.textContent = text;
  }
}
