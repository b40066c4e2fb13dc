/**
 * How the messages of a topic become what is known: a state that grows, and knows no socket and no clock.
 *
 *     IFold
 *     ├── ValueFold   the newest only: models, deployments, schedules, environments
 *     ├── TableFold   rows by key, with removals: jobs
 *     └── a log       what is appended to: see managers/log.ts and managers/metrics.ts
 */
export interface IFold<D> {
  /** Take a message over. With `isAnew` all that came before counts no more. */
  take(data: D, isAnew: boolean): void;
}

/** The newest value of a topic; null before the first. */
export class ValueFold<D> implements IFold<D> {
  get value(): D | null {
    return this._value;
  }

  take(data: D): void {
    this._value = data;
  }

  private _value: D | null = null;
}

/** What one message says of a table. */
export interface IRows<R> {
  /** All rows: those that are not among them are gone. */
  whole?: readonly R[];
  /** A row that is new or changed. */
  changed?: R;
  /** The key of a row that is gone. */
  deleted?: string;
}

/** The rows of a topic by their keys. */
export class TableFold<R, D> implements IFold<D> {
  constructor(
    private readonly _keyOf: (row: R) => string,
    private readonly _rowsOf: (data: D) => IRows<R>
  ) {}

  get rows(): ReadonlyMap<string, R> {
    return this._rows;
  }

  take(data: D): void {
    const { whole, changed, deleted } = this._rowsOf(data);
    if (whole !== undefined) {
      this._rows.clear();
      whole.forEach(row => this._put(row));
    }
    if (changed !== undefined) {
      this._put(changed);
    }
    if (deleted !== undefined) {
      this._rows.delete(deleted);
    }
  }

  private _put(row: R): void {
    this._rows.set(this._keyOf(row), row);
  }

  private readonly _rows = new Map<string, R>();
}
