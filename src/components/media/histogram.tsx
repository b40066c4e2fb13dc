import React from 'react';
import { useTrans } from '../basics/context';
import { formatValue } from '../basics/format';
import type { IHistogram } from './read';

const WIDTH = 240;
const HEIGHT = 96;

/** How values are spread: a bar for each span, as wide as the span is. */
export function HistogramView(props: { histogram: IHistogram; label: string }): React.JSX.Element {
  const trans = useTrans();
  const { histogram, label } = props;
  const { edges, counts, mean, std, nan } = histogram;
  if (counts.length === 0) {
    return <p className="crispdm-Media-waits">{trans.__('No numbers.')}</p>;
  }
  const low = edges[0];
  const spread = edges[edges.length - 1] - low || 1;
  const most = Math.max(...counts) || 1;
  return (
    <div className="crispdm-Histogram">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        {counts.map((count, at) => (
          <rect
            key={at}
            x={((edges[at] - low) / spread) * WIDTH}
            width={Math.max(0, ((edges[at + 1] - edges[at]) / spread) * WIDTH - 0.5)}
            y={HEIGHT - (count / most) * HEIGHT}
            height={(count / most) * HEIGHT}
          >
            <title>
              {`${formatValue(edges[at])} … ${formatValue(edges[at + 1])}: ${formatValue(count)}`}
            </title>
          </rect>
        ))}
      </svg>
      <p className="crispdm-Histogram-ends">
        <span>{formatValue(low)}</span>
        <span>{formatValue(edges[edges.length - 1])}</span>
      </p>
      <p className="crispdm-Media-about">
        {mean !== null && std !== null && (
          <span>{trans.__('%1 ± %2', formatValue(mean), formatValue(std))}</span>
        )}
        {nan > 0 && <span data-bad>{trans.__('%1 are no finite number', nan)}</span>}
      </p>
    </div>
  );
}
