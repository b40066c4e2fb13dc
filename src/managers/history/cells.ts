/** A cell of a notebook without what came of running it. */
export interface ICell {
  readonly id: string;
  readonly type: string;
  readonly source: string;
}

/** The cells of a notebook; null for what is none. */
export function cellsOf(text: string): readonly ICell[] | null {
  try {
    const parsed = JSON.parse(text) as { cells?: unknown } | null;
    return Array.isArray(parsed?.cells) ? parsed.cells.map(cellOf) : null;
  } catch {
    return null;
  }
}

function cellOf(raw: unknown): ICell {
  const { id, cell_type, source } = (raw ?? {}) as Record<string, unknown>;
  return { id: textOf(id), type: textOf(cell_type), source: textOf(source) };
}

/** A notebook may hold a text as the list of its lines. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) {
    return value.filter(part => typeof part === 'string').join('');
  }
  return typeof value === 'string' ? value : '';
}
