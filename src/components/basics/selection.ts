/** Which rows are marked, which one has the focus, and where a range begins. Rows are named by their ids. */
export interface ISelection {
  readonly marked: ReadonlySet<string>;
  readonly active: string | null;
  readonly anchor: string | null;
}

/** How a row was chosen: alone, added or taken away, or as the end of a range. */
export type SelectMode = 'only' | 'toggle' | 'range';

export const NOTHING: ISelection = { marked: new Set(), active: null, anchor: null };

/**
 * The selection after a row was chosen; `rows` are all ids in their order.
 *
 * Where a row stands for others, such as the head of a group, `membersOf` says which are marked with it.
 */
export function choose(
  selection: ISelection,
  rows: readonly string[],
  id: string,
  mode: SelectMode,
  membersOf: (id: string) => readonly string[] = one => [one]
): ISelection {
  switch (mode) {
    case 'only':
      return { marked: new Set(membersOf(id)), active: id, anchor: id };
    case 'toggle':
      return { marked: toggled(selection.marked, membersOf(id)), active: id, anchor: id };
    case 'range': {
      const anchor = selection.anchor ?? id;
      const ends = [rows.indexOf(anchor), rows.indexOf(id)];
      const range = rows.slice(Math.max(0, Math.min(...ends)), Math.max(...ends) + 1);
      return { marked: new Set(range.flatMap(membersOf)), active: id, anchor };
    }
  }
}

/** All rows, or none when all are marked already. */
export function chooseAll(selection: ISelection, rows: readonly string[]): ISelection {
  const isWhole = rows.every(id => selection.marked.has(id));
  return { ...selection, marked: new Set(isWhole ? [] : rows) };
}

/** The mode that the keys held at a click ask for. */
export function modeOf(event: {
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}): SelectMode {
  if (event.shiftKey) {
    return 'range';
  }
  return event.ctrlKey || event.metaKey ? 'toggle' : 'only';
}

/** With all of these, or without them where all are in already. */
function toggled(marked: ReadonlySet<string>, ids: readonly string[]): ReadonlySet<string> {
  const isWhole = ids.every(id => marked.has(id));
  const others = [...marked].filter(id => !ids.includes(id));
  return new Set(isWhole ? others : [...marked, ...ids]);
}
