import type { IPiece, Mark } from './marks';
import { isUndo, joined, readMark } from './marks';

/** What came of marks: pieces to draw over what is there; null when all is to be drawn anew. */
export type Added = readonly IPiece[] | null;

/** What is on a board: pieces in the order in which the server has them, sheet by sheet, but for what was taken back. */
export class Drawing {
  /** Take what is new in a sheet; a sheet only grows, and one that does not is read anew. */
  take(sheet: number, marks: readonly unknown[]): Added {
    const known = this._seen.get(sheet) ?? 0;
    const isShorter = marks.length < known;
    if (isShorter) {
      this._sheets.delete(sheet);
    }
    this._seen.set(sheet, marks.length);
    const added = this._read(sheet, marks.slice(isShorter ? 0 : known));
    const isLast = sheet === Math.max(...this._sheets.keys(), sheet);
    return isShorter || !isLast ? null : added;
  }

  /** The pieces that are to be seen. */
  *pieces(): IterableIterator<IPiece> {
    for (const sheet of [...this._sheets.keys()].sort((a, b) => a - b)) {
      for (const piece of this._sheets.get(sheet)!) {
        if (!this._undone.has(whole(piece.stroke, piece.by))) {
          yield piece;
        }
      }
    }
  }

  /** The newest stroke of somebody that was not taken back; empty for none. */
  newestOf(user: string): string {
    let newest = '';
    for (const { stroke, by } of this.pieces()) {
      newest = by === user ? stroke : newest;
    }
    return newest;
  }

  /** Take back a stroke before the server says so. */
  undo(stroke: string, by: string): void {
    this._undone.add(whole(stroke, by));
  }

  get isEmpty(): boolean {
    return this.pieces().next().done === true;
  }

  clear(): void {
    this._sheets.clear();
    this._seen.clear();
    this._undone.clear();
  }

  private _read(sheet: number, marks: readonly unknown[]): Added {
    const pieces = this._sheets.get(sheet) ?? [];
    this._sheets.set(sheet, pieces);
    const added: IPiece[] = [];
    let isUndone = false;
    for (const mark of marks.map(readMark)) {
      if (mark && isUndo(mark)) {
        this.undo(mark.undo, mark.by);
        isUndone = true;
      } else if (mark) {
        added.push(mark);
        grow(pieces, mark);
      }
    }
    return isUndone ? null : added;
  }

  private readonly _sheets = new Map<number, IPiece[]>();
  private readonly _seen = new Map<number, number>();
  private readonly _undone = new Set<string>();
}

/** A stroke is taken back by its author only. */
function whole(stroke: string, by: string): string {
  return `${stroke} ${by}`;
}

/** Add a piece; one that goes on with the last becomes one with it: a stroke is drawn at once, not in twenty parts. */
export function grow(pieces: Mark[], piece: IPiece): void {
  const last = pieces.at(-1);
  const longer = last && !isUndo(last) && joined(last, piece);
  if (longer) {
    pieces[pieces.length - 1] = longer;
  } else {
    pieces.push(piece);
  }
}
