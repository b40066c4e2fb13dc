import type { Range, Virtualizer } from '@tanstack/react-virtual';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import type React from 'react';
import { useCallback, useRef } from 'react';
import { own } from '../../api/own';

const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  Home: -Infinity,
  End: Infinity
};

/** A long list of which only the visible rows are in the page. */
export interface IVirtualRows {
  scroller: React.RefObject<HTMLDivElement>;
  rows: Virtualizer<HTMLDivElement, Element>;
  /**
   * Focus the element of a row that carries `data-index`: at once where it is there, so that the next key starts from
   * it; one out of sight is scrolled to and made first, and has the focus unless it was led elsewhere meanwhile.
   */
  focusRow: (index: number) => void;
}

/** Rows of one height under a head of another. The row `kept` stays in the page, so that it keeps the focus. */
export function useVirtualRows(options: {
  count: number;
  height: number;
  keyOf: (index: number) => string;
  head?: number;
  kept?: number;
  /** What scrolls, where somebody else needs it too. */
  scroller?: React.RefObject<HTMLDivElement>;
}): IVirtualRows {
  const { count, height, keyOf, head = 0, kept = -1 } = options;
  const made = useRef<HTMLDivElement>(null);
  const scroller = options.scroller ?? made;
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: keyOf,
    overscan: 6,
    scrollMargin: head,
    scrollPaddingStart: head,
    rangeExtractor: range => withRow(range, kept)
  });
  const focusRow = useCallback(
    (index: number) => {
      const find = (): HTMLElement | null | undefined =>
        scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`);
      rows.scrollToIndex(index);
      const there = find();
      if (there) {
        there.focus({ preventScroll: true });
        return;
      }
      const before = document.activeElement;
      requestAnimationFrame(() => {
        if (isStill(before)) {
          find()?.focus();
        }
      });
    },
    [rows, scroller]
  );
  return { scroller, rows, focusRow };
}

/** Whether the focus is where it was; what had it may have gone with its row. */
function isStill(before: Element | null): boolean {
  const now = document.activeElement;
  return now === before || now === null || now === document.body;
}

/** Where an arrow or page key leads from a row; null for other keys. */
export function stepTo(key: string, at: number, count: number): number | null {
  const step = own(STEPS, key);
  return step === undefined ? null : Math.min(count - 1, Math.max(0, at + step));
}

function withRow(range: Range, kept: number): number[] {
  const shown = defaultRangeExtractor(range);
  const isIn = kept < 0 || kept >= range.count || shown.includes(kept);
  return isIn ? shown : [...shown, kept].sort((a, b) => a - b);
}
