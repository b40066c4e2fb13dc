import { PythonLiteralReader, LiteralError } from './pythonliterals';
import type { IParameter } from './parametervalues';
import { fieldsOf } from './parametervalues';

/** An assignment at the beginning of a line: `name = `, `name: type = `, `name <- `, `const name = `. */
const ASSIGNED =
  /^(?:(?:const|let|var)[ \t]+)?([A-Za-z_]\w*)[ \t]*(?::[ \t]*[\w.[\], |"']+?)?[ \t]*(?:=(?!=)|<-)/gm;
const LONGEST = 100_000;

/** The parameters that the cell tagged “parameters” of a notebook sets, with their values there. */
export function parametersOf(notebook: unknown): readonly IParameter[] {
  const { cells } = (notebook ?? {}) as { cells?: unknown };
  const all: readonly unknown[] = Array.isArray(cells) ? cells : [];
  const tagged = all.find(isTagged);
  return tagged === undefined ? [] : assignmentsIn(sourceOf(tagged));
}

/** The values that a source assigns; what would have to be run is left out. */
export function assignmentsIn(source: string): readonly IParameter[] {
  const found = new Map<string, IParameter>();
  for (const match of source.slice(0, LONGEST).matchAll(ASSIGNED)) {
    const field = fieldAt(source, match[1], match.index + match[0].length);
    found.delete(match[1]);
    if (field) {
      found.set(match[1], field);
    }
  }
  return [...found.values()];
}

/** The fields of the notebook, with what somebody typed into them the last time, and those that they added. */
export function withTyped(
  fields: readonly IParameter[],
  typed: readonly IParameter[]
): readonly IParameter[] {
  const changed = typed.filter(one => one.value !== one.standard);
  const known = new Set(fields.map(({ name }) => name));
  return [
    ...fields.map(field => {
      const last = changed.find(({ name }) => name === field.name);
      return last ? { ...field, kind: last.kind, value: last.value } : field;
    }),
    ...changed.filter(({ name, standard }) => !known.has(name) && standard === undefined)
  ];
}

function fieldAt(source: string, name: string, at: number): IParameter | null {
  try {
    const { value, text } = new PythonLiteralReader(source, at).read();
    const [field] = fieldsOf({ [name]: value });
    const written = Number(text) === value ? text : field.value;
    return { ...field, value: written, standard: written };
  } catch (error) {
    if (error instanceof LiteralError) {
      return null;
    }
    throw error;
  }
}

function isTagged(cell: unknown): boolean {
  const { cell_type, metadata } = (cell ?? {}) as {
    cell_type?: unknown;
    metadata?: { tags?: unknown } | null;
  };
  const tags = metadata?.tags;
  return cell_type === 'code' && Array.isArray(tags) && tags.includes('parameters');
}

function sourceOf(cell: unknown): string {
  const { source } = cell as { source?: unknown };
  const lines: readonly unknown[] = Array.isArray(source) ? source : [source];
  return lines.filter(line => typeof line === 'string').join('');
}
