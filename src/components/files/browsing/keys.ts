import type React from 'react';
import type { FolderEntry } from '../../../api/files/files';
import { own } from '../../../api/own';
import type { ISelection } from '../../basics/selection';
import { choose } from '../../basics/selection';
import type { IVirtualRows } from '../../basics/virtualrows';
import { stepTo } from '../../basics/virtualrows';
import type { TypeAhead } from '../list/typeahead';
import type { IBrowser } from '../shared';

type Handler = (event: React.KeyboardEvent<HTMLElement>) => void;

/**
 * The keys of the list, as file managers have them.
 *
 * Arrows move, Shift widens, Space marks, letters lead to a name. Enter opens, Backspace goes up, F2 renames, Delete
 * puts into the trash. With Ctrl: A all, C copy, X cut, V paste, Z takes the last thing back.
 */
export function listKeys(browser: IBrowser, ahead: TypeAhead, list: IVirtualRows): Handler {
  const { browsing } = browser;
  return event => {
    const { rows, selection } = browsing;
    const at = rowOf(event.target as HTMLElement);
    if (at === null) {
      return;
    }
    const hasCtrl = event.ctrlKey || event.metaKey;
    const act = hasCtrl
      ? withCtrl(browser, event.key)
      : plainKey(browser, event.key, rows[at], ahead.takes(event.key, event.timeStamp));
    const next = stepTo(event.key, at, rows.length);
    const isTyped = !hasCtrl && !event.altKey && ahead.takes(event.key, event.timeStamp);
    if (next !== null && rows.length > 0) {
      ahead.end();
      browsing.select(moved(selection, rows, next, event.shiftKey));
      list.focusRow(next);
    } else if (act) {
      ahead.end();
      act();
    } else if (isTyped) {
      const names = rows.map(({ name }) => name);
      const found = ahead.find(event.key, event.timeStamp, names, at);
      if (found !== null) {
        browsing.select(choose(selection, pathsOf(rows), rows[found].path, 'only'));
        list.focusRow(found);
      }
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
}

/** The row that the focus is in; 0 for an empty list itself, null for what is in its head. */
function rowOf(target: HTMLElement): number | null {
  if (target.getAttribute('role') === 'grid') {
    return 0;
  }
  const row = target.closest<HTMLElement>('[data-index]');
  return row ? Number(row.dataset.index) : null;
}

function plainKey(
  { browsing, deeds, choose: pick }: IBrowser,
  key: string,
  row: FolderEntry | undefined,
  isTyped: boolean
): (() => void) | null {
  const { rows, selection, canWrite } = browsing;
  const toggle = (): void =>
    row && browsing.select(choose(selection, pathsOf(rows), row.path, 'toggle'));
  const keys: Record<string, (() => void) | null> = {
    Enter: row ? () => deeds.open(row, pick) : null,
    ' ': row && !isTyped ? toggle : null,
    Backspace: () => browsing.up(),
    Escape: () => browsing.select({ ...selection, marked: new Set() }),
    F2: row && canWrite ? () => browsing.type({ kind: 'rename', path: row.path }) : null,
    Delete: canWrite ? () => void deeds.discard() : null
  };
  return own(keys, key) ?? null;
}

function withCtrl({ browsing, deeds }: IBrowser, key: string): (() => void) | null {
  const { rows, selection, canWrite } = browsing;
  const keys: Record<string, (() => void) | null> = {
    a: () => browsing.select({ ...selection, marked: new Set(pathsOf(rows)) }),
    c: () => deeds.hold(false),
    x: canWrite ? () => deeds.hold(true) : null,
    v: canWrite ? () => void deeds.paste() : null,
    z: () => deeds.undo()
  };
  return own(keys, key.toLowerCase()) ?? null;
}

/** The selection after an arrow key: alone it marks the row, with Shift a range. */
function moved(
  selection: ISelection,
  rows: readonly FolderEntry[],
  to: number,
  isRange: boolean
): ISelection {
  const { path } = rows[to];
  const anchor = selection.anchor ?? selection.active;
  return isRange
    ? choose({ ...selection, anchor }, pathsOf(rows), path, 'range')
    : choose(selection, pathsOf(rows), path, 'only');
}

function pathsOf(rows: readonly FolderEntry[]): readonly string[] {
  return rows.map(({ path }) => path);
}
