import type { AnserJsonEntry } from 'anser';
import Anser from 'anser';
import React from 'react';

/** One line of a terminal, in its colours. */
export const LogLine = React.memo(({ text }: { text: string }): React.JSX.Element => {
  if (!text.includes('\x1b')) {
    return <>{text}</>;
  }
  const parts = Anser.ansiToJson(text, { json: true, use_classes: true, remove_empty: true });
  return (
    <>
      {parts.map((part, index) => (
        <span key={index} className={classes(part)} style={trueColours(part)}>
          {part.content}
        </span>
      ))}
    </>
  );
});
LogLine.displayName = 'LogLine';

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
