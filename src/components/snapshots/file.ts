import type { LoadedWork } from '../../api';
import type { IMisfit } from './shelf';

const FORMAT = 'jupyter_crispdm saved work';
/** What the server takes in one request. */
const LARGEST_FILE = 8 * 2 ** 20;
const MOST_FIELDS = 1000;
const LONGEST_FIELD = 300;
const LONGEST_NAME = 100;
const LONGEST_NOTE = 1000;
// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x1f\x7f-\x9f]/;

/** Work as it stands in a file. */
export interface IWorkFile {
  readonly name: string;
  readonly note: string;
  readonly values: Record<string, unknown>;
}

/** A file that is no saved work. The message is a word that `reasonText` knows. */
export class FileRefused extends Error {}

/** The text of a file that holds this work. */
export function writeWork(page: string, work: LoadedWork): string {
  const { name, note, saved, by, values } = work;
  return JSON.stringify(
    { format: FORMAT, version: 1, page, name, note, saved, by, values },
    null,
    1
  );
}

/** A name for the file of a work, that every system takes. */
export function fileName(name: string): string {
  const plain = name.replace(/[^\p{L}\p{N} ._-]+/gu, '-').replace(/^[.\s-]+|[.\s-]+$/g, '');
  return `${plain.slice(0, 80) || 'work'}.json`;
}

/**
 * What a file holds, whoever wrote it, and what of it was left out.
 *
 * Throws FileRefused for a file of which nothing can be used.
 */
export async function readWork(file: File): Promise<{ work: IWorkFile; misfits: IMisfit[] }> {
  if (file.size > LARGEST_FILE) {
    throw new FileRefused('file-too-large');
  }
  const found = parsed(await file.text());
  const misfits: IMisfit[] = [];
  const values = fieldsOf(found.get('values'), misfits);
  const name = nameOf(found.get('name')) || nameOf(file.name.replace(/\.json$/i, '')) || 'work';
  const note = found.get('note') ?? '';
  const isNote = typeof note === 'string' && note.length <= LONGEST_NOTE;
  if (!isNote) {
    misfits.push({ name: 'note', reason: 'no-text' });
  }
  return { work: { name, note: isNote ? note : '', values }, misfits };
}

function parsed(text: string): Map<string, unknown> {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    throw new FileRefused('file-no-json');
  }
  if (!isObject(found) || !isObject(new Map(Object.entries(found)).get('values'))) {
    throw new FileRefused('file-no-work');
  }
  return new Map(Object.entries(found));
}

function fieldsOf(values: unknown, misfits: IMisfit[]): Record<string, unknown> {
  const fields = Object.entries(values as object);
  const good = fields.filter(
    ([name]) => name.length > 0 && name.length <= LONGEST_FIELD && !CONTROL.test(name)
  );
  if (good.length > MOST_FIELDS) {
    throw new FileRefused('file-too-many');
  }
  const names = new Set(good.map(([name]) => name));
  fields
    .filter(([name]) => !names.has(name))
    .forEach(([name]) => misfits.push({ name: name.slice(0, 60), reason: 'bad-name' }));
  return Object.fromEntries(good);
}

function nameOf(name: unknown): string {
  const text = typeof name === 'string' ? name.trim() : '';
  return text.length <= LONGEST_NAME && !CONTROL.test(text) ? text : '';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
