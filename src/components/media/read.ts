/** A histogram as it was kept: between each two edges how many values there were. */
export interface IHistogram {
  edges: number[];
  counts: number[];
  mean: number | null;
  std: number | null;
  nan: number;
}

/** A table as it was kept. */
export interface ITable {
  columns: string[];
  rows: unknown[][];
}

/** A histogram out of JSON that a job wrote; null for what is none. */
export function readHistogram(text: string): IHistogram | null {
  const found = read(text);
  const { edges, counts } = found;
  if (!isNumbers(edges) || !isNumbers(counts)) {
    return null;
  }
  if (edges.length !== (counts.length > 0 ? counts.length + 1 : 0) || counts.some(one => one < 0)) {
    return null;
  }
  const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);
  return {
    edges,
    counts,
    mean: number(found.mean),
    std: number(found.std),
    nan: number(found.nan) ?? 0
  };
}

/** A table out of JSON that a job wrote; null for what is none. */
export function readTable(text: string): ITable | null {
  const { columns, rows } = read(text);
  if (!Array.isArray(columns) || !Array.isArray(rows) || !rows.every(row => Array.isArray(row))) {
    return null;
  }
  return { columns: columns.map(String), rows: rows as unknown[][] };
}

function read(text: string): Record<string, unknown> {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(one => typeof one === 'number' && isFinite(one));
}
