import type { AnserJsonEntry } from 'anser';
import Anser from 'anser';
import React from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import { useTrans } from '../basics/context';
import type { IFileOpener } from './links';
import { linksOf } from './links';
import { withoutColours } from './search';

/** A line, and what of it is to be marked. */
export interface ILogLineProps {
  text: string;
  /** Begin and end of each place that is marked, in characters. */
  marks?: readonly (readonly [number, number])[];
  /** Where the place begins at which the reader is; -1 when it is not in this line. */
  current?: number;
  /** Opens the files that the line names; without it they are text. */
  files?: IFileOpener | null;
}

/** A stretch of a line that is shown in a way of its own. */
interface ISpan {
  start: number;
  end: number;
  wrap: (content: React.ReactNode, key: number) => React.ReactNode;
}

/** One line of a terminal, in its colours, with the places marked that are searched for, and links to files. */
export const LogLine = React.memo((props: ILogLineProps): React.JSX.Element => {
  const { text, marks = [], current = -1, files = null } = props;
  const trans = useTrans();
  const marked = marks.map(([start, end]) => markOf(start, end, start === current));
  const links = files === null ? [] : linkSpans(withoutColours(text), files, trans);
  const shown = (content: string, offset: number): React.ReactNode =>
    cut(content, offset, links, (part, at) => cut(part, at, marked, inner => inner));
  if (!text.includes('\x1b')) {
    return <>{shown(text, 0)}</>;
  }
  let offset = 0;
  return (
    <>
      {partsOf(text).map((part, index) => {
        const start = offset;
        offset += part.content.length;
        return (
          <span key={index} className={classes(part)} style={trueColours(part)}>
            {shown(part.content, start)}
          </span>
        );
      })}
    </>
  );
});
LogLine.displayName = 'LogLine';

function markOf(start: number, end: number, isCurrent: boolean): ISpan {
  const wrap = (content: React.ReactNode, key: number): React.ReactNode => (
    <mark key={key} data-current={isCurrent || undefined}>
      {content}
    </mark>
  );
  return { start, end, wrap };
}

function linkSpans(text: string, files: IFileOpener, trans: TranslationBundle): ISpan[] {
  return linksOf(text).flatMap(({ start, end, path, line }) => {
    const found = files.find(path);
    const wrap = (content: React.ReactNode, key: number): React.ReactNode => (
      <button
        key={key}
        className="crispdm-Log-link"
        title={trans.__('Open %1 at line %2', found, line)}
        onClick={() => found !== null && files.open(found, line)}
      >
        {content}
      </button>
    );
    return found === null ? [] : [{ start, end, wrap }];
  });
}

function partsOf(text: string): AnserJsonEntry[] {
  return Anser.ansiToJson(text, { json: true, use_classes: true, remove_empty: true });
}

/** A piece of a line that begins at `offset`, cut where spans begin and end; what stands in and between them is `inner`. */
function cut(
  content: string,
  offset: number,
  spans: readonly ISpan[],
  inner: (part: string, offset: number) => React.ReactNode
): React.ReactNode {
  const pieces: React.ReactNode[] = [];
  let at = 0;
  for (const { start, end, wrap } of spans) {
    const from = Math.max(at, start - offset);
    const to = Math.min(content.length, end - offset);
    if (from < to) {
      pieces.push(inner(content.slice(at, from), offset + at));
      pieces.push(wrap(inner(content.slice(from, to), offset + from), start));
      at = to;
    }
  }
  return pieces.length === 0
    ? inner(content, offset)
    : [...pieces, inner(content.slice(at), offset + at)].map((piece, key) => (
        <React.Fragment key={key}>{piece}</React.Fragment>
      ));
}

/** Named colours take Lab's class names, so that they follow the theme. */
function classes(part: AnserJsonEntry): string {
  const names = part.decorations.map(decoration => `crispdm-ansi-${decoration}`);
  const colours = [named(part.fg, 'fg'), named(part.bg, 'bg')];
  return [...names, ...colours].filter(Boolean).join(' ');
}

function named(colour: string | null, place: string): string {
  return colour !== null && /^ansi-(bright-)?[a-z]+$/.test(colour) ? `${colour}-${place}` : '';
}

function trueColours(part: AnserJsonEntry): React.CSSProperties | undefined {
  const color = exact(part.fg, part.fg_truecolor);
  const backgroundColor = exact(part.bg, part.bg_truecolor);
  return color || backgroundColor ? { color, backgroundColor } : undefined;
}

function exact(name: string | null, truecolor: string | null): string | undefined {
  const palette = /^ansi-palette-(\d+)$/.exec(name ?? '');
  if (palette) {
    return `rgb(${paletteColour(Number(palette[1])).join(',')})`;
  }
  return name === 'ansi-truecolor' && truecolor ? `rgb(${truecolor})` : undefined;
}

/** Colours 16 to 231 of a terminal are a cube of six steps a side, those above it are greys. */
function paletteColour(index: number): number[] {
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return [grey, grey, grey];
  }
  const place = index - 16;
  const steps = [Math.floor(place / 36), Math.floor(place / 6) % 6, place % 6];
  return steps.map(step => (step === 0 ? 0 : 55 + step * 40));
}
