import { diffArrays, structuredPatch } from 'diff';
import type { Comparison, ILine, IPart } from '../../tokens/history';
import type { ICell } from './cells';
import { cellsOf } from './cells';

/** Milliseconds for one text. */
const PATIENCE = 1500;
/** Equal lines that are shown around those that differ. */
const AROUND = 3;
/** Lines that are shown in all. */
export const MOST_LINES = 2000;

/** What differs between a version and the file as it is; of notebooks the cells' sources alone. */
export function compareContents(
  before: Uint8Array,
  after: Uint8Array,
  isNotebook: boolean
): Comparison {
  if (isEqual(before, after)) {
    return { kind: 'same' };
  }
  const [old, now] = [read(before), read(after)];
  if (old === null || now === null) {
    return { kind: 'binary' };
  }
  const cells = isNotebook ? [cellsOf(old), cellsOf(now)] : [null, null];
  const parts = cells[0] && cells[1] ? compareCells(cells[0], cells[1]) : compareTexts(old, now);
  if (parts === null) {
    return { kind: 'too-different' };
  }
  return parts.length === 0 ? { kind: 'same-cells' } : cut(parts);
}

/** A text, if it is one: as git does, whatever holds a zero is none, and what is no UTF-8. */
function read(content: Uint8Array): string | null {
  if (content.includes(0)) {
    return null;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return null;
  }
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

function compareTexts(old: string, now: string): IPart[] | null {
  const lines = linesOf(old, now);
  return lines && [{ cell: null, kind: 'changed', lines }];
}

/** A cell of the version, the same cell of the file, or both. */
interface IPair {
  before: ICell | null;
  after: ICell | null;
  number: number;
}

function compareCells(old: readonly ICell[], now: readonly ICell[]): IPart[] | null {
  const parts: IPart[] = [];
  for (const pair of paired(old, now)) {
    const { before, after, number } = pair;
    if (before?.source === after?.source && before?.type === after?.type) {
      continue;
    }
    const lines = linesOf(closed(before?.source), closed(after?.source));
    if (lines === null) {
      return null;
    }
    const kind = before === null ? 'added' : after === null ? 'removed' : 'changed';
    const was = (before ?? after)?.type ?? '';
    parts.push({ cell: { number, type: after?.type ?? was, was }, kind, lines });
  }
  return parts;
}

/** A source with a line break at its end, which cells have none of. */
function closed(source = ''): string {
  return source === '' ? '' : `${source}\n`;
}

/** Each cell with what it was; the number is that in the file, and of one that is gone that in the version. */
function paired(old: readonly ICell[], now: readonly ICell[]): IPair[] {
  const pairs: IPair[] = [];
  let [at, to] = [0, 0];
  const runs = diffArrays([...old], [...now], { comparator: isSame });
  for (let run = 0; run < runs.length; run++) {
    const { count = 0, removed } = runs[run];
    const isReplaced = removed && runs[run + 1]?.added;
    const added = isReplaced ? (runs[++run].count ?? 0) : removed ? 0 : count;
    const gone = removed || !runs[run].added ? count : 0;
    pairs.push(...matched(old.slice(at, at + gone), now.slice(to, to + added), at, to));
    at += gone;
    to += added;
  }
  return pairs;
}

/** Cells that stand in the place of others: the first of these with the first of those. */
function matched(old: readonly ICell[], now: readonly ICell[], at: number, to: number): IPair[] {
  return Array.from({ length: Math.max(old.length, now.length) }, (_, index) => ({
    before: old[index] ?? null,
    after: now[index] ?? null,
    number: (index < now.length ? to : at) + index + 1
  }));
}

function isSame(one: ICell, other: ICell): boolean {
  return one.id && other.id ? one.id === other.id : one.source === other.source;
}

/** What differs, line by line, with some lines around; null when it takes too long to tell. */
function linesOf(old: string, now: string): ILine[] | null {
  const patch = structuredPatch('', '', old, now, '', '', { context: AROUND, timeout: PATIENCE });
  if (!patch) {
    return null;
  }
  return patch.hunks.flatMap((hunk, index) => {
    let [before, after] = [hunk.oldStart, hunk.newStart];
    const lines = hunk.lines.map((line): ILine => {
      const [sign, text] = [line[0], line.slice(1)];
      if (sign === '-') {
        return { kind: '-', text, before: before++, after: null };
      }
      if (sign === '+') {
        return { kind: '+', text, before: null, after: after++ };
      }
      // A backslash says that the text ends without a line break.
      return sign === '\\'
        ? { kind: 'end', text: '', before: null, after: null }
        : { kind: ' ', text, before: before++, after: after++ };
    });
    return index > 0 ? [{ kind: 'gap', text: '', before: null, after: null }, ...lines] : lines;
  });
}

/** As many lines as one can look through. */
function cut(parts: readonly IPart[]): Comparison {
  const shown: IPart[] = [];
  let [room, left] = [MOST_LINES, 0];
  for (const part of parts) {
    const lines = part.lines.slice(0, room);
    left += part.lines.length - lines.length;
    room -= lines.length;
    if (lines.length > 0 || part.lines.length === 0) {
      shown.push({ ...part, lines });
    }
  }
  return { kind: 'parts', parts: shown, left };
}
