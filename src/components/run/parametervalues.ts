import type { TranslationBundle } from '@jupyterlab/translation';

/** How the text of a value is read. `auto`: as a value where it is the writing of one, else as text. */
export type ParameterKind = 'auto' | 'text' | 'number' | 'boolean' | 'json';

/** One parameter as it was typed. */
export interface IParameter {
  name: string;
  kind: ParameterKind;
  value: string;
  /** What the file itself says: left as it is, it is not sent. */
  standard?: string;
}

/** What is wrong with a parameter, in words. */
export class ParameterError extends Error {}

/** Parameters as fields, each of the kind that its value has. */
export function fieldsOf(parameters: Readonly<Record<string, unknown>>): readonly IParameter[] {
  return Object.entries(parameters).map(([name, value]) => {
    const kind = kindOf(value);
    return { name, kind, value: typeof value === 'string' ? value : JSON.stringify(value) };
  });
}

/** The values of fields. A field without name and value is left out; throws ParameterError. */
export function readFields(
  fields: readonly IParameter[],
  trans: TranslationBundle
): Record<string, unknown> {
  const read = new Map<string, unknown>();
  for (const { name: typed, kind, value, standard } of fields) {
    const name = typed.trim();
    if (value === standard || (name === '' && value.trim() === '')) {
      continue;
    }
    if (name === '') {
      throw new ParameterError(trans.__('The value “%1” has no name.', value));
    }
    if (read.has(name)) {
      throw new ParameterError(trans.__('The name “%1” is there twice.', name));
    }
    read.set(name, readValue(name, kind, value, trans));
  }
  return Object.fromEntries(read);
}

/** Lines “name = value” as fields; null when the text is something else. */
export function fieldsFromLines(text: string): readonly IParameter[] | null {
  const lines = text.split('\n').filter(line => line.trim() !== '');
  const found = lines.map(line => /^\s*([^=\s][^=]*?)\s*[=:]\s*(.*?)\s*$/.exec(line));
  return found.length > 0 && found.every(match => match !== null)
    ? found.map(([, name, value]) => ({ name, kind: 'auto', value }))
    : null;
}

function kindOf(value: unknown): ParameterKind {
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    default:
      return 'json';
  }
}

function readValue(
  name: string,
  kind: ParameterKind,
  text: string,
  trans: TranslationBundle
): unknown {
  switch (kind) {
    case 'text':
      return text;
    case 'auto': {
      const value = asJson(text);
      return isWritingOf(text, value) ? value : text.trim();
    }
    case 'boolean':
      return text === 'true';
    case 'number': {
      const value = Number(text);
      if (text.trim() === '' || !Number.isFinite(value)) {
        throw new ParameterError(trans.__('“%1” must be a number.', name));
      }
      return value;
    }
    case 'json': {
      const value = asJson(text);
      if (value === undefined) {
        throw new ParameterError(trans.__('“%1” must be JSON, such as [1, 2].', name));
      }
      return value;
    }
  }
}

/**
 * Whether a value would be written again as it was typed. Else the text was meant: `831877e8` is a commit, `007` a
 * name, `1.10` a version. Small numbers may have a power of ten: `1e-3`. The command line reads by the same rule.
 */
function isWritingOf(text: string, value: unknown): boolean {
  const isGroup = typeof value === 'object' && value !== null;
  return value !== undefined && (isGroup || writingsOf(value).includes(text));
}

function writingsOf(value: unknown): readonly string[] {
  const json = JSON.stringify(value);
  if (typeof value !== 'number' || value === 0 || !Number.isFinite(value)) {
    return [json];
  }
  const small = value.toExponential();
  const whole = Number.isInteger(value) ? [`${json}.0`] : [];
  return Math.abs(value) < 1 ? [json, small, plain(small)] : [json, ...whole];
}

/** A number below one with all its digits. */
function plain(exponential: string): string {
  const [, sign, digits, power] = /^(-?)([\d.]+)e-(\d+)$/.exec(exponential) ?? ['', '', '', '0'];
  return `${sign}0.${'0'.repeat(Math.max(0, Number(power) - 1))}${digits.replace('.', '')}`;
}

/** What a JSON text says; undefined when it is none, or holds a number that is too large to be kept. */
function asJson(text: string): unknown {
  try {
    return JSON.parse(text, (_, value: unknown) => {
      if (typeof value === 'number' && !Number.isFinite(value)) {
        throw new RangeError();
      }
      return value;
    });
  } catch {
    return undefined;
  }
}
