import type { LiveClient } from '../../api';
import { ApiError, ValueFold } from '../../api';
import type { IWrite, StateApi, StateContent, StateValue } from '../../api/state';
import type { ISetting, IState, IWriting } from '../../tokens/state';
import { Facts } from '../basics/facts';
import { isPassing, Pace } from './pace';

/** Seconds between two facts of a value, and two writes of one. */
const PERIOD = 0.05;
/** Milliseconds after which a fact that is older than the answer of a write counts all the same. */
const OVERTAKEN = 2_000;

type Waiter = { readonly done: () => void; readonly refuse: (error: unknown) => void };

/** A value that was set here and has not arrived. */
interface ISet<T> {
  readonly value: T;
  readonly notify: boolean;
  readonly waiters: readonly Waiter[];
}

/**
 * One value that all share: followed live, written at most 20 times a second, the last always.
 *
 * What is set shows at once, and goes on showing over what others wrote meanwhile until the server has answered. One
 * request is under way at a time, so what is written here arrives in the order in which it was written.
 */
export class StateModel<T = unknown> extends Facts implements IState<T> {
  constructor(
    private readonly _api: StateApi,
    live: LiveClient,
    readonly key: string,
    private readonly _session: string
  ) {
    super();
    this.own(
      live.follow(`state/${key}`, {
        fold: () => new ValueFold<StateValue>(),
        need: { period: PERIOD },
        onData: ({ value }: ValueFold<StateValue>) => value !== null && this._hear(value),
        onError: this.refused
      })
    );
  }

  get value(): T | undefined {
    const local = this._next ?? this._sent;
    return local ? local.value : this._told;
  }

  get version(): number {
    return this._known?.version ?? 0;
  }

  get by(): string {
    return this._known?.by ?? '';
  }

  get updated(): string {
    return this._known?.updated ?? '';
  }

  get content(): StateContent | null {
    return this._known?.content ?? null;
  }

  get isWriting(): boolean {
    return this._requests > 0 || this._next !== null || this._sent !== null;
  }

  set(value: T, { notify = true, ifVersion }: ISetting = {}): Promise<void> {
    if (ifVersion !== undefined) {
      const write = this._write(notify);
      return this._ask(() => this._api.put(this.key, value, write, ifVersion)).then(
        () => undefined
      );
    }
    return new Promise((done, refuse) => {
      const waiters = [...(this._next?.waiters ?? []), { done, refuse }];
      this._next = { value, notify: notify || (this._next?.notify ?? false), waiters };
      this.emitChanged();
      this._plan();
    });
  }

  update(values: Partial<T>, { notify = true }: IWriting = {}): Promise<T> {
    return this._change(() => this._api.update(this.key, values, this._write(notify)));
  }

  append(values: readonly unknown[], keep?: number): Promise<T> {
    return this._change(() => this._api.append(this.key, values, keep ?? null, this._write(true)));
  }

  increment(by = 1): Promise<T> {
    return this._change(() => this._api.increment(this.key, by, this._write(true)));
  }

  remove(): Promise<void> {
    this._answer = 0; // the fact that it is gone has no number
    return this._inTurn(() => this._api.remove(this.key));
  }

  notify(): Promise<void> {
    return this._inTurn(() => this._api.notify(this.key));
  }

  /** Take what the server answered to a write of this page that was made elsewhere. */
  take(value: StateValue): void {
    this._answered(value);
  }

  override dispose(): void {
    if (!this.isDisposed) {
      window.clearTimeout(this._timer);
      window.clearTimeout(this._held);
      if (this._next && !this._sent) {
        void this._sendNext(); // what was set last arrives although nobody looks any more
      }
      super.dispose();
    }
  }

  private _write(notify: boolean): IWrite {
    return { session: this._session, notify };
  }

  private _change(ask: () => Promise<StateValue>): Promise<T> {
    return this._ask(ask).then(({ value }) => value as T);
  }

  /** Ask for a change, and show what became of it. */
  private async _ask(ask: () => Promise<StateValue>): Promise<StateValue> {
    try {
      const answer = await this._inTurn(ask);
      this._answered(answer);
      return answer;
    } catch (error) {
      const current = currentOf(error);
      if (current) {
        this._answered(current);
      }
      throw error;
    }
  }

  /** One request after another. */
  private _inTurn<A>(ask: () => Promise<A>): Promise<A> {
    this._requests++;
    const asked = this._last.then(ask, ask);
    this._last = asked.then(
      () => this._requests--,
      () => this._requests--
    );
    return asked;
  }

  private _plan(): void {
    if (this._timer === undefined && this._sent === null && this._next !== null) {
      this._timer = window.setTimeout(() => void this._sendNext(), this._pace.wait);
    }
  }

  /** Send what was set last. Never rejects. */
  private async _sendNext(): Promise<void> {
    window.clearTimeout(this._timer);
    this._timer = undefined;
    const sent = this._next;
    if (sent === null) {
      return;
    }
    [this._sent, this._next] = [sent, null];
    this._pace.begin();
    try {
      const write = this._write(sent.notify);
      const answer = await this._inTurn(() => this._api.put(this.key, sent.value, write));
      this._pace.succeeded();
      this._arrived(sent, answer);
    } catch (error) {
      this._failed(sent, error);
    }
    this._plan();
  }

  private _arrived(sent: ISet<T>, answer: StateValue): void {
    this._sent = null;
    if (answer.version >= this.version) {
      // The very object that was set: what shows it need not be drawn again.
      this._know(answer, sent.value);
    } else if (this._next === null) {
      this.emitChanged(); // somebody else was faster with a newer one
    }
    sent.waiters.forEach(({ done }) => done());
  }

  private _failed(sent: ISet<T>, error: unknown): void {
    this._sent = null;
    if (isPassing(error) && !this.isDisposed) {
      this._pace.failed();
      const waiters = [...sent.waiters, ...(this._next?.waiters ?? [])];
      this._next = { ...(this._next ?? sent), waiters };
      return;
    }
    this.emitChanged();
    sent.waiters.forEach(({ refuse }) => refuse(error));
  }

  /** What a request answered, which may overtake the facts. */
  private _answered(answer: StateValue): void {
    if (answer.version > this.version) {
      this._know(answer, valueOf(answer));
      this._tellIfShown();
    }
  }

  private _know(value: StateValue, told: T | undefined): void {
    [this._known, this._told] = [value, told];
    [this._answer, this._answeredAt] = [value.version, performance.now()];
  }

  /** A fact of the topic. One that a write of this page has overtaken counts only when no newer one comes. */
  private _hear(fact: StateValue): void {
    window.clearTimeout(this._held);
    const wait = this._answeredAt + OVERTAKEN - performance.now();
    if (fact.version < this._answer && wait > 0) {
      this._held = window.setTimeout(() => this._hear(fact), wait);
      return;
    }
    const before = this._known;
    const isOwn = fact.version === this._answer && fact.session === this._session;
    this._answer = 0;
    this._known = fact;
    if (!isOwn) {
      this._told = valueOf(fact);
    }
    const isForced = before !== null && fact.notified > before.notified;
    if (!this.isReady || fact.version !== before?.version || isForced) {
      this._tellIfShown();
    }
  }

  /** Tell of another value, unless one that was set here shows over it. */
  private _tellIfShown(): void {
    if (!this.isReady || (this._next === null && this._sent === null)) {
      this.arrived();
    }
  }

  /** What the server is known to have, and its value as it is shown. */
  private _known: StateValue | null = null;
  private _told: T | undefined;
  private _next: ISet<T> | null = null;
  private _sent: ISet<T> | null = null;
  private _answer = 0;
  private _answeredAt = -OVERTAKEN;
  private _requests = 0;
  private _last: Promise<unknown> = Promise.resolve();
  private _timer: number | undefined;
  private _held: number | undefined;
  private readonly _pace = new Pace(1000 * PERIOD);
}

function valueOf<T>(value: StateValue): T | undefined {
  return value.version === 0 ? undefined : (value.value as T);
}

/** The value that a refused write says is the current one. */
function currentOf(error: unknown): StateValue | null {
  const current = error instanceof ApiError && error.status === 409 ? error.details.current : null;
  const isValue = typeof current === 'object' && current !== null && 'version' in current;
  return isValue ? (current as StateValue) : null;
}
