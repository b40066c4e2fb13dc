/** What was done to a text: at a place so many characters went, and others came. */
export interface IEdit {
  readonly at: number;
  readonly removed: number;
  readonly inserted: string;
}

/** What made one text out of another: all between their common beginning and their common end. */
export function editOf(before: string, after: string): IEdit {
  const most = Math.min(before.length, after.length);
  let at = 0;
  while (at < most && before[at] === after[at]) {
    at++;
  }
  at -= isWithin(before, at) || isWithin(after, at) ? 1 : 0;
  let tail = 0;
  while (tail < most - at && before.at(-1 - tail) === after.at(-1 - tail)) {
    tail++;
  }
  tail -= isWithin(before, before.length - tail) || isWithin(after, after.length - tail) ? 1 : 0;
  return { at, removed: before.length - at - tail, inserted: after.slice(at, after.length - tail) };
}

/** An edit of a text to which something else was done meanwhile. */
export function shifted(edit: IEdit, other: IEdit): IEdit {
  const isAfter = edit.at > other.at;
  return isAfter
    ? { ...edit, at: Math.max(other.at, edit.at + other.inserted.length - other.removed) }
    : edit;
}

/** Whether a place lies between the two halves of one character. */
function isWithin(text: string, at: number): boolean {
  const isLow = (code: number): boolean => code >= 0xdc00 && code < 0xe000;
  const isHigh = (code: number): boolean => code >= 0xd800 && code < 0xdc00;
  return at > 0 && isLow(text.charCodeAt(at)) && isHigh(text.charCodeAt(at - 1));
}
