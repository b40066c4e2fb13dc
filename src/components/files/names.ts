import type { TranslationBundle } from '@jupyterlab/translation';
import { splitName } from '../../api/files/paths';

/** What a file is to people, by the ending of its name. */
export type FileKind = 'folder' | 'notebook' | 'picture' | 'table' | 'text' | 'archive' | 'other';

const ENDINGS: readonly (readonly [FileKind, string])[] = [
  ['picture', 'png jpg jpeg gif webp bmp svg avif ico'],
  ['table', 'csv tsv parquet pq feather arrow xlsx'],
  ['text', 'txt md py r jl js ts json jsonl yaml yml toml ini cfg log html css sh sql rst tex xml'],
  ['archive', 'zip tar gz tgz bz2 xz 7z']
];
const KINDS = new Map(
  ENDINGS.flatMap(([kind, endings]) => endings.split(' ').map(ending => [`.${ending}`, kind]))
);
const BYTES = new TextEncoder();
const LONGEST = 255;
/** Letters of a name's end that stay when its middle is left out. */
const TAIL = 8;

/** Of folders the server says that they are; the rest is told by the name. */
export function kindOf({ kind, name }: { kind: string; name: string }): FileKind {
  if (kind === 'folder' || kind === 'notebook') {
    return kind;
  }
  return KINDS.get(splitName(name)[1].toLowerCase()) ?? 'other';
}

/** When a file was changed, in words; empty where that is not known. */
export function momentOf(
  { modified }: { modified: number | null },
  format: (iso: string) => string
): string {
  return modified === null ? '' : format(new Date(modified).toISOString());
}

/** A name in two parts, of which the second always stays readable: the first gives way where room is short. */
export function halvesOf(name: string): [string, string] {
  const letters = [...name];
  const ending = [...splitName(name)[1]].length;
  const kept = Math.min(letters.length, Math.max(TAIL, Math.min(ending + 4, 2 * TAIL)));
  const cut = letters.length - kept;
  return cut < TAIL ? [name, ''] : [letters.slice(0, cut).join(''), letters.slice(cut).join('')];
}

/** What is wrong with a name that somebody types; empty when nothing is. */
export function problemWith(
  trans: TranslationBundle,
  name: string,
  isTaken: (name: string) => boolean
): string {
  if (name.trim() === '') {
    return trans.__('A name is needed.');
  }
  if (name.startsWith('.')) {
    return trans.__('A name cannot begin with a dot.');
  }
  // eslint-disable-next-line no-control-regex
  if (/[/\\\u0000-\u001f\u007f]/.test(name)) {
    return trans.__('A name cannot hold a slash, a backslash or a line break.');
  }
  if (BYTES.encode(name).length > LONGEST) {
    return trans.__('The name is too long.');
  }
  return isTaken(name) ? trans.__('“%1” is already here.', name) : '';
}
