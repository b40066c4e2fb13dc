import { Signal } from '@lumino/signaling';
import { Doc } from 'yjs';
import type { IFollower } from '../../src/api';
import { ApiError } from '../../src/api';
import type { Visitor } from '../../src/api/state';
import type { IMove, IPresence } from '../../src/tokens/state';
import type { ISharedText, IState, IStates } from '../../src/tokens/state';
import type { IHandle } from '../../src/tokens/workbench';
import { FakeFacts } from './facts';

/** What all pages share: values by key. It refuses the next writes with `failures`. */
export class FakeValues {
  readonly changed = new Signal<this, string>(this);
  readonly values = new Map<string, unknown>();
  readonly versions = new Map<string, number>();
  failures: Error[] = [];
  writes = 0;
  /** Keys that are followed now. */
  readonly followed = new Map<string, number>();
  /** What a write waits for. */
  wait: () => Promise<void> = () => Promise.resolve();

  /** Hold the writes of lists from now on, each until it is answered. */
  hold(): (() => void)[] {
    const answers: (() => void)[] = [];
    this.wait = () => new Promise(done => void answers.push(done));
    return answers;
  }

  write(key: string, value: unknown): unknown {
    const failure = this.failures.shift();
    if (failure) {
      throw failure;
    }
    this.writes += 1;
    this.versions.set(key, (this.versions.get(key) ?? 0) + 1);
    if (value === undefined) {
      this.values.delete(key);
    } else {
      this.values.set(key, structuredClone(value));
    }
    this.changed.emit(key);
    return value;
  }
}

/** The error that a server answers. */
export function refusal(status: number, message = 'It was refused.'): ApiError {
  return new ApiError(status, { message, reason: '', code: 'x', details: {} });
}

/** How things stand with all values of a page. */
export interface IStanding {
  isReady: boolean;
  error: string;
}

class FakeState extends FakeFacts implements IState {
  constructor(
    readonly server: FakeValues,
    readonly key: string,
    standing: IStanding
  ) {
    super();
    Object.assign(this, standing);
    server.changed.connect(this._onValue, this);
  }
  readonly by = '';
  readonly updated = '';
  readonly content = null;
  readonly isWriting = false;
  get value(): unknown {
    return this.server.values.get(this.key);
  }
  get version(): number {
    return this.value === undefined ? 0 : (this.server.versions.get(this.key) ?? 0);
  }
  async set(value: unknown, { ifVersion }: { ifVersion?: number } = {}): Promise<void> {
    await Promise.resolve();
    if (ifVersion !== undefined && ifVersion !== this.version) {
      throw refusal(409);
    }
    this.server.write(this.key, value);
  }
  async update(values: object): Promise<never> {
    await Promise.resolve();
    return this.server.write(this.key, { ...(this.value as object), ...values }) as never;
  }
  async append(values: readonly unknown[], keep?: number): Promise<never> {
    await this.server.wait();
    const all = [...((this.value as unknown[]) ?? []), ...values];
    return this.server.write(this.key, keep ? all.slice(-keep) : all) as never;
  }
  async increment(by = 1): Promise<never> {
    await Promise.resolve();
    return this.server.write(this.key, ((this.value as number) ?? 0) + by) as never;
  }
  async remove(): Promise<void> {
    await Promise.resolve();
    this.server.write(this.key, undefined);
  }
  async notify(): Promise<void> {}
  override dispose(): void {
    super.dispose();
    this.server.changed.disconnect(this._onValue, this);
  }
  private _onValue(_: FakeValues, key: string): void {
    if (key === this.key) {
      this.changed.emit();
    }
  }
}

/** A text that nobody else writes. */
export class FakeText extends FakeFacts implements ISharedText {
  readonly doc = new Doc();
  readonly text = this.doc.getText('text');
  readonly isConnected = true;
  readonly isSaved = true;
  constructor(
    readonly key: string,
    text: string,
    standing: IStanding
  ) {
    super();
    Object.assign(this, standing);
    if (text) {
      this.text.insert(0, text);
    }
  }
}

/** One page of those that share values. */
export class FakeStates implements IStates {
  constructor(
    readonly server = new FakeValues(),
    readonly session = 'page'
  ) {}
  /** How things stand, and what the texts hold. */
  readonly standing: IStanding = { isReady: true, error: '' };
  /** Tell what there is of all values, and of those that come. */
  becomeReady(): void {
    this.standing.isReady = true;
    this._made.forEach(state => {
      state.isReady = true;
      state.changed.emit();
    });
  }
  private readonly _made = new Set<FakeState>();
  texts: Readonly<Record<string, string>> = {};
  state<T>(key: string): IHandle<IState<T>> {
    const { followed } = this.server;
    followed.set(key, (followed.get(key) ?? 0) + 1);
    const made = new FakeState(this.server, key, this.standing);
    this._made.add(made);
    const model = made as unknown as IState<T>;
    const handle = {
      model,
      isDisposed: false,
      dispose: () => {
        if (!handle.isDisposed) {
          handle.isDisposed = true;
          model.dispose();
          followed.set(key, followed.get(key)! - 1);
        }
      }
    };
    return handle;
  }
  text(key: string): Promise<IHandle<ISharedText>> {
    const model = new FakeText(key, this.texts[key] ?? '', this.standing);
    return Promise.resolve({ model, isDisposed: false, dispose: () => model.dispose() });
  }
  contentUrl(): string {
    return '';
  }
  putContent(): Promise<never> {
    return Promise.reject(new Error('This test has no contents.'));
  }
}

export function aVisitor(change: Partial<Visitor> = {}): Visitor {
  return {
    session: 's1',
    user: 'ann',
    page: 'voila/render/dashboards/digits.ipynb',
    title: 'Handwritten digits',
    tab: '',
    scroll: 0,
    cursor: null,
    selection: null,
    color: 1,
    since: '2026-11-21T10:00:00Z',
    ...change
  };
}

/** Colleagues that a test sets, and what the page tells of itself. */
export class FakePresence extends FakeFacts implements IPresence {
  readonly session = 'mine';
  me: Visitor | null = null;
  others: Visitor[] = [];
  following = '';
  moves: IMove[] = [];
  get here(): Visitor[] {
    return this.others;
  }
  move(move: IMove): void {
    this.moves.push(move);
  }
  follow(session: string): void {
    this.following = session;
    this.changed.emit();
  }
  locate(): IFollower {
    return this.show();
  }
  show(): IFollower {
    return { isDisposed: false, change: () => undefined, dispose: () => undefined };
  }
}
