import type { ISelection, SelectMode } from '../../basics/selection';

/** A stretch of an axis, from 0 at its low end to 1; what is below 0 are runs without a value. */
export interface IBrush {
  low: number;
  high: number;
  /** The axis as it was when it was marked. */
  key: string;
}

/** How runs that were caught at a time become chosen: in place of the others, added, or each the other way. */
export function caught(
  selection: ISelection,
  ids: readonly string[],
  mode: SelectMode
): ISelection {
  const marked = new Set(mode === 'only' ? [] : selection.marked);
  ids.forEach(id => {
    if (mode === 'toggle' && selection.marked.has(id)) {
      marked.delete(id);
    } else {
      marked.add(id);
    }
  });
  return { marked, active: ids[0] ?? selection.active, anchor: ids[0] ?? selection.anchor };
}

/** The one run that was clicked. A plot has no order in which a range of runs could lie: Shift adds. */
export function clicked(selection: ISelection, id: string, mode: SelectMode): ISelection {
  return caught(selection, [id], mode);
}

/** Whether a place is in a stretch; a run without a value is in those that reach below the axis. */
export function isWithin({ low, high }: Pick<IBrush, 'low' | 'high'>, place: number): boolean {
  return Number.isNaN(place) ? low < 0 : place >= low && place <= high;
}

/** The rows that are in the stretches of all axes that have one. */
export function within(
  brushes: ReadonlyMap<string, IBrush>,
  placesOf: (name: string) => Float64Array | undefined,
  count: number
): readonly number[] {
  const tests = [...brushes].flatMap(([name, brush]) => {
    const places = placesOf(name);
    return places ? [{ places, brush }] : [];
  });
  const rows: number[] = [];
  for (let row = 0; tests.length > 0 && row < count; row++) {
    if (tests.every(({ places, brush }) => isWithin(brush, places[row]))) {
      rows.push(row);
    }
  }
  return rows;
}

/** The row after another in the order of places, so many further; rows without a place are left out. */
export function stepFrom(places: Float64Array, row: number, by: number): number {
  const order = [...places.keys()]
    .filter(at => !Number.isNaN(places[at]))
    .sort((a, b) => places[a] - places[b] || a - b);
  const at = order.indexOf(row);
  const next = at < 0 ? 0 : Math.min(order.length - 1, Math.max(0, at + by));
  return order[next] ?? -1;
}
