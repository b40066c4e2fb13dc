import React, { useMemo, useState } from 'react';
import type { MediaPiece, MediaSeries } from '../../api';
import { useTrans } from '../basics/context';
import { Empty } from '../basics/empty';
import { HistogramView } from './histogram';
import { readHistogram, readTable } from './read';
import { TableView } from './table';
import { useText } from './text';

/** Where the content of pieces is: pictures by their address, the rest by asking. */
export interface IMediaSource {
  urlOf: (series: MediaSeries, piece: MediaPiece) => string;
  read: (series: MediaSeries, piece: MediaPiece) => Promise<string>;
}

/** What a job kept with a step: a card for each name, with a slider over its steps. */
export function MediaGallery(
  props: IMediaSource & { media: readonly MediaSeries[] }
): React.JSX.Element {
  const trans = useTrans();
  const { media, urlOf, read } = props;
  if (media.length === 0) {
    return (
      <Empty title={trans.__('No pictures and tables yet.')}>
        {trans.__('A job keeps one by saying:')}
        <code className="crispdm-Code">{EXAMPLE}</code>
      </Empty>
    );
  }
  return (
    <div className="crispdm-Media">
      {media.map(series => (
        <MediaCard
          key={`${series.kind} ${series.name}`}
          series={series}
          urlOf={urlOf}
          read={read}
        />
      ))}
    </div>
  );
}

function MediaCard(props: IMediaSource & { series: MediaSeries }): React.JSX.Element {
  const { series, urlOf, read } = props;
  const steps = useMemo(() => stepsOf(series.pieces), [series]);
  const [chosen, setChosen] = useState<number | null>(null);
  // Who has not chosen sees the newest, also as others come.
  const step = chosen !== null && steps.includes(chosen) ? chosen : steps[steps.length - 1];
  const pieces = series.pieces.filter(piece => piece.step === step);
  const isPicture = series.kind === 'image' || series.kind === 'figure';
  return (
    <section className="crispdm-Media-card" aria-label={series.name}>
      <h3 title={series.name}>{series.name}</h3>
      <StepSlider
        steps={steps}
        step={step}
        leftOut={series.left_out}
        onStep={value => setChosen(value === steps[steps.length - 1] ? null : value)}
      />
      <div className="crispdm-Media-pieces">
        {pieces.map(piece =>
          isPicture ? (
            <Picture
              key={piece.index}
              url={urlOf(series, piece)}
              name={series.name}
              piece={piece}
            />
          ) : (
            <Content key={piece.index} series={series} piece={piece} read={read} />
          )
        )}
      </div>
    </section>
  );
}

function StepSlider(props: {
  steps: readonly number[];
  step: number;
  leftOut: number;
  onStep: (step: number) => void;
}): React.JSX.Element {
  const trans = useTrans();
  const { steps, step, leftOut, onStep } = props;
  const at = steps.indexOf(step);
  const shown = trans.__('Step %1', step);
  if (steps.length === 1) {
    return <p className="crispdm-Media-step">{shown}</p>;
  }
  const more =
    leftOut > 0 ? trans.__('%1 of %2 are shown', steps.length, steps.length + leftOut) : '';
  return (
    <label className="crispdm-Media-step" title={more}>
      <span>{shown}</span>
      <input
        type="range"
        min={0}
        max={steps.length - 1}
        value={at}
        aria-valuetext={shown}
        onChange={event => onStep(steps[Number(event.target.value)])}
      />
    </label>
  );
}

function Picture(props: { url: string; name: string; piece: MediaPiece }): React.JSX.Element {
  const trans = useTrans();
  const { url, name, piece } = props;
  const isSmall = piece.width !== null && piece.width <= SMALL;
  return (
    <figure>
      <a href={url} target="_blank" rel="noreferrer" title={trans.__('Open in a new tab')}>
        <img
          src={url}
          alt={piece.caption || name}
          loading="lazy"
          data-small={isSmall || undefined}
        />
      </a>
      {piece.caption && <figcaption>{piece.caption}</figcaption>}
    </figure>
  );
}

function Content(props: {
  series: MediaSeries;
  piece: MediaPiece;
  read: IMediaSource['read'];
}): React.JSX.Element {
  const trans = useTrans();
  const { series, piece, read } = props;
  const key = `${series.kind} ${series.name} ${piece.step} ${piece.index} ${piece.version}`;
  const { text, error } = useText(key, () => read(series, piece));
  if (error !== '') {
    return <p className="crispdm-Media-trouble">{error}</p>;
  }
  if (text === null) {
    return <p className="crispdm-Media-waits">{trans.__('Loading…')}</p>;
  }
  if (series.kind === 'text') {
    return <pre>{text}</pre>;
  }
  const histogram = series.kind === 'histogram' ? readHistogram(text) : null;
  const table = series.kind === 'table' ? readTable(text) : null;
  if (histogram) {
    return <HistogramView histogram={histogram} label={series.name} />;
  }
  if (table) {
    return <TableView table={table} rows={piece.rows} />;
  }
  return <p className="crispdm-Media-trouble">{trans.__('This cannot be read.')}</p>;
}

/** The steps of pieces, each once, in order. */
export function stepsOf(pieces: readonly MediaPiece[]): number[] {
  return [...new Set(pieces.map(piece => piece.step))].sort((one, other) => one - other);
}

/** Pictures up to this width, in pixels, are drawn larger, and without being blurred. */
const SMALL = 96;
const EXAMPLE = 'crispdm.image("samples", batch[:8], step=epoch)';
