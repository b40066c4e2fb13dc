/** Pixels of a letter where nothing can be measured. */
const LETTER = 7;

/** Measures texts as they are drawn in a font. */
export function measurer(font: string): (text: string) => number {
  const canvas = typeof OffscreenCanvas === 'undefined' ? null : new OffscreenCanvas(1, 1);
  const context = canvas?.getContext('2d') ?? null;
  if (context === null) {
    return text => text.length * LETTER;
  }
  context.font = font;
  return text => Math.ceil(context.measureText(text).width);
}

/** The font of an element, as a canvas names it. */
export function fontOf(node: Element | null): string {
  const style = node && getComputedStyle(node);
  return style ? `600 ${style.fontSize} ${style.fontFamily}` : '600 13px sans-serif';
}
