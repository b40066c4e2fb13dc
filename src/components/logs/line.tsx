import type { AnserJsonEntry } from 'anser';
import Anser from 'anser';
import React from 'react';
import { places, withoutColours } from './search';

/** A line, and what of it is to be marked. */
export interface ILogLineProps {
  text: string;
  /** What is searched for. */
  pattern?: RegExp | null;
  /** Where the match begins at which the reader is; -1 when it is not in this line. */
  current?: number;
}

/** One line of a terminal, in its colours, with the text marked that is searched for. */
export const LogLine = React.memo((props: ILogLineProps): React.JSX.Element => {
  const { text, pattern = null, current = -1 } = props;
  const marks = places(withoutColours(text), pattern);
  const marked = (content: string, offset: number): React.ReactNode =>
    marks.length === 0 ? content : cut(content, offset, marks, current);
  if (!text.includes('\x1b')) {
    return <>{marked(text, 0)}</>;
  }
  let offset = 0;
  return (
    <>
      {partsOf(text).map((part, index) => {
        const start = offset;
        offset += part.content.length;
        return (
          <span key={index} className={classes(part)} style={trueColours(part)}>
            {marked(part.content, start)}
          </span>
        );
      })}
    </>
  );
});
LogLine.displayName = 'LogLine';

function partsOf(text: string): AnserJsonEntry[] {
  return Anser.ansiToJson(text, { json: true, use_classes: true, remove_empty: true });
}

/** A piece of a line that begins at `offset`, cut where marks begin and end. */
function cut(
  content: string,
  offset: number,
  marks: readonly [number, number][],
  current: number
): React.ReactNode[] {
  const pieces: React.ReactNode[] = [];
  let at = 0;
  for (const [start, end] of marks) {
    const from = Math.max(at, start - offset);
    const to = Math.min(content.length, end - offset);
    if (from < to) {
      pieces.push(
        content.slice(at, from),
        <mark key={start} data-current={start === current || undefined}>
          {content.slice(from, to)}
        </mark>
      );
      at = to;
    }
  }
  return [...pieces, content.slice(at)];
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
