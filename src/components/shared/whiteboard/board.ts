import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import { ApiError, messageOf } from '../../../api';
import type { IFacts } from '../../../tokens/facts';
import type { IState, IStates } from '../../../tokens/state';
import type { IHandle } from '../../../tokens/workbench';
import { newId } from '../../../api/state/ids';
import { keyOf } from '../keys';
import type { Added } from './drawing';
import { Drawing } from './drawing';
import type { IPiece } from './marks';
import { Outbox } from './outbox';
import type { IRead } from './sheets';
import { Sheets } from './sheets';

/** Which drawing is on a board now, and over how many sheets it has grown. */
export interface IHead {
  readonly drawing: string;
  readonly sheets: number;
}

/** A value of the server that holds so many marks is followed by another. */
const MOST_MARKS = 200;
const FIRST: IHead = { drawing: '0', sheets: 1 };

/**
 * A board that all share: strokes go to the server in small pieces, so that others see them grow.
 *
 * What is drawn lies in sheets, values of which each holds a few hundred marks: so a new piece costs the same whether
 * the board holds ten strokes or ten thousand.
 */
export class Board implements IFacts {
  constructor(
    private readonly _states: IStates,
    name: string
  ) {
    this._key = `board:${keyOf(name)}`;
    this._head = _states.state<IHead>(this._key);
    this._sheets = this._sheetsOf(FIRST.drawing);
    this._outbox.changed.connect(this._onOutbox, this);
    this._head.model.changed.connect(this._onHead, this);
    this._onHead();
  }

  /** Pieces to draw over what is there; null when all is to be drawn anew. */
  get added(): ISignal<this, Added> {
    return this._added;
  }

  /** Something else has changed: `isReady`, `error`, whether the board is empty. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isReady(): boolean {
    return this._head.model.isReady && this._sheets.isReady;
  }

  /** Why something could not be read or sent, in words; empty when all is well. */
  get error(): string {
    return this._head.model.error || this._trouble;
  }

  get isEmpty(): boolean {
    return this._drawing.isEmpty && this._outbox.pieces.length === 0;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Everything that is to be seen, what was not sent yet at the end. */
  pieces(): IPiece[] {
    return [...this._drawing.pieces(), ...this._outbox.pieces];
  }

  /** The newest stroke of somebody that was not taken back; empty for none. */
  newestOf(by: string): string {
    const unsent = this._outbox.pieces.filter(piece => piece.by === by).at(-1);
    return unsent?.stroke ?? this._drawing.newestOf(by);
  }

  /** Draw a piece: here at once, for the others with the next write. */
  draw(piece: IPiece): void {
    this._mine.add(piece.stroke);
    this._added.emit([piece]);
    this._outbox.put(piece);
  }

  /** Take back the newest stroke of somebody. */
  undo(by: string): void {
    const undo = this.newestOf(by);
    if (undo) {
      this._drawing.undo(undo, by);
      this._outbox.put({ undo, by });
      this._added.emit(null);
    }
  }

  /** Begin a new drawing, for everybody. */
  async clear(): Promise<void> {
    const old = this._sheetsOf(this._shown);
    old.show(this._now.sheets);
    try {
      await this._head.model.set({ drawing: newId(), sheets: 1 });
      await old.remove();
    } catch (reason) {
      this._setTrouble(messageOf(reason));
    } finally {
      old.dispose();
    }
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._outbox.dispose();
      this._head.model.changed.disconnect(this._onHead, this);
      Signal.clearData(this);
      if (this._outbox.isResting) {
        this._letGo();
      } else {
        void this._outbox.rest.then(() => this._letGo());
      }
    }
  }

  private _letGo(): void {
    this._head.dispose();
    this._sheets.dispose();
  }

  private get _now(): IHead {
    return readHead(this._head.model.value) ?? FIRST;
  }

  private _sheetsOf(drawing: string): Sheets {
    return new Sheets(this._states, `${this._key}:${drawing}`);
  }

  private _onHead(): void {
    if (this._head.model.isReady) {
      const { drawing, sheets } = this._now;
      if (drawing !== this._shown) {
        this._begin(drawing);
      }
      this._sheets.show(sheets);
      this._outbox.open();
    }
    this._changed.emit();
  }

  private _begin(drawing: string): void {
    this._sheets.dispose();
    if (this._shown !== '') {
      this._drawing.clear();
      this._mine.clear();
      this._outbox.clear();
    }
    this._shown = drawing;
    this._sheets = this._sheetsOf(drawing);
    this._sheets.read.connect(this._onRead, this);
    this._added.emit(null);
  }

  /** What this page drew is there already. */
  private _onRead(_: Sheets, { at, marks }: IRead): void {
    const added = this._drawing.take(at, marks);
    const foreign = added && added.filter(({ stroke }) => !this._mine.has(stroke));
    if (foreign === null || foreign.length > 0) {
      this._added.emit(foreign);
    }
    this._changed.emit();
  }

  /** What was refused is not on the board. */
  private _onOutbox(): void {
    if (this._isRefused) {
      this._isRefused = false;
      this._added.emit(null);
    }
    this._changed.emit();
  }

  /** Write marks on the newest sheet, and begin another after a full one. */
  private async _send(marks: readonly unknown[]): Promise<void> {
    const sheets = this._sheets;
    try {
      const written = (await sheets.last?.append(marks)) ?? [];
      sheets.look();
      this._setTrouble('');
      await this._turn(sheets, written.length);
    } catch (reason) {
      this._isRefused = true;
      this._setTrouble(messageOf(reason));
      throw reason;
    }
  }

  private async _turn(sheets: Sheets, marks: number): Promise<void> {
    if (sheets !== this._sheets) {
      await sheets.remove();
    } else if (marks >= MOST_MARKS) {
      await this._grow();
    }
  }

  private async _grow(): Promise<void> {
    const { drawing, sheets } = this._now;
    try {
      const ifVersion = this._head.model.version;
      await this._head.model.set({ drawing, sheets: sheets + 1 }, { ifVersion });
    } catch (reason) {
      if (!(reason instanceof ApiError && reason.status === 409)) {
        throw reason; // who conflicts has begun the next sheet, or another drawing
      }
    }
  }

  private _setTrouble(trouble: string): void {
    if (trouble !== this._trouble) {
      this._trouble = trouble;
      this._changed.emit();
    }
  }

  private readonly _key: string;
  private readonly _head: IHandle<IState<IHead>>;
  private readonly _drawing = new Drawing();
  private readonly _outbox = new Outbox(
    marks => this._send(marks),
    () => this._sheets.last !== null
  );
  private readonly _added = new Signal<this, Added>(this);
  private readonly _changed = new Signal<this, void>(this);
  /** Strokes of this page, which it has drawn itself. */
  private readonly _mine = new Set<string>();
  private _sheets: Sheets;
  private _shown = '';
  private _trouble = '';
  private _isRefused = false;
  private _isDisposed = false;
}

function readHead(value: unknown): IHead | null {
  const { drawing, sheets } = (value ?? {}) as Record<string, unknown>;
  const isNamed = typeof drawing === 'string' && /^[\w-]{1,40}$/.test(drawing);
  const isCounted = typeof sheets === 'number' && Number.isInteger(sheets) && sheets > 0;
  return isNamed && isCounted ? { drawing, sheets } : null;
}
