import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import { ApiError } from '../../src/api';
import type { LoadedWork, NewWork, Work } from '../../src/api';
import type { IMisfit, IQuestion, IShelf, Said } from '../../src/components/snapshots/shelf';
import type { IPageSaver, ISnapshots, SaveState } from '../../src/tokens/snapshots';

/** Work that Ann saved; `change` replaces what a test is about. */
export function aWork(name = 'before lunch', change: Partial<Work> = {}): Work {
  return {
    name,
    saved: '2026-11-21T10:00:00Z',
    size: 2048,
    by: 'ann',
    note: 'the loss still falls',
    shared: false,
    ...change
  };
}

/** A saver that only writes down what it is given. */
export class FakeSaver implements IPageSaver {
  readonly saved: [string, unknown][] = [];
  readonly flushes: boolean[] = [];
  readonly others = new Map<string, unknown>();
  state: SaveState = { kind: 'saved' };
  isDisposed = false;
  readonly changed = new Signal<this, void>(this);

  change(field: string, value: unknown): void {
    this.saved.push([field, value]);
  }
  flush(isLeaving = false): void {
    this.flushes.push(isLeaving);
  }
  become(state: SaveState): void {
    this.state = state;
    this.changed.emit();
  }
  dismissOthers(): void {
    this.others.clear();
  }
  dispose(): void {
    this.isDisposed = true;
  }
}

/** The server's saved work of one page, seen by Ann. */
export class FakeSnapshots implements ISnapshots {
  kept: Record<string, unknown> = {};
  list: (Work & { values: Record<string, unknown> })[] = [];
  failure: Error | null = null;
  readonly asked: unknown[][] = [];
  readonly saver = new FakeSaver();

  add(name: string, values: Record<string, unknown> = {}, change: Partial<Work> = {}): Work {
    const work = { ...aWork(name, change), values };
    this.list.push(work);
    return work;
  }
  open(page: string, revision: number | null): IPageSaver {
    this.asked.push(['open', page, revision]);
    return this.saver;
  }
  watch(page: string): IDisposable {
    this.asked.push(['watch', page]);
    return { isDisposed: false, dispose: () => void this.asked.push(['left', page]) };
  }
  me(): Promise<string> {
    return this._answer('ann');
  }
  values(): Promise<Record<string, unknown>> {
    return this._answer({ ...this.kept });
  }
  works(): Promise<readonly Work[]> {
    return this._answer(this.list.map(work => ({ ...work, values: undefined }) as Work));
  }
  load(_: string, name: string, by: string): Promise<LoadedWork> {
    const found = this._find(name, by);
    return found ? this._answer({ ...found, lost: [] }) : refused(404, 'There is no saved work.');
  }
  save(_: string, name: string, work: NewWork): Promise<Work> {
    this.asked.push(['save', name, work]);
    const before = this._find(name);
    if (before && !work.replace) {
      return refused(409, 'taken');
    }
    const { values = {}, note = '', shared = false } = work;
    this.list = this.list.filter(one => one !== before);
    return this._answer(this.add(name, values, { note, shared }));
  }
  describe(_: string, name: string, change: { note?: string; shared?: boolean }): Promise<Work> {
    this.asked.push(['describe', name, change]);
    return this._answer(Object.assign(this._find(name)!, change));
  }
  rename(_: string, name: string, to: string): Promise<Work> {
    this.asked.push(['rename', name, to]);
    if (this._find(to)) {
      return refused(409, `There is saved work called '${to}' already.`);
    }
    return this._answer(Object.assign(this._find(name)!, { name: to }));
  }
  remove(_: string, name: string): Promise<void> {
    this.asked.push(['remove', name]);
    this.list = this.list.filter(one => one.name !== name);
    return this._answer(undefined);
  }
  forget(): Promise<void> {
    return Promise.resolve();
  }

  private _find(name: string, by = 'ann'): (typeof this.list)[number] | undefined {
    return this.list.find(one => one.name === name && one.by === by);
  }
  private _answer<T>(answer: T): Promise<T> {
    return this.failure ? Promise.reject(this.failure) : Promise.resolve(answer);
  }
}

function refused<T>(status: number, message: string): Promise<T> {
  return Promise.reject(new ApiError(status, { message }));
}

/** A shelf that shows what a test says, and writes down what is done with it. */
export class FakeShelf implements IShelf {
  readonly changed = new Signal<this, void>(this);
  readonly done: unknown[][] = [];
  works: readonly Work[] | null = [];
  said: Said = { kind: 'nothing' };
  question: IQuestion | null = null;
  current = '';
  canUndo = false;

  become(change: Partial<FakeShelf>): this {
    Object.assign(this, change);
    this.changed.emit();
    return this;
  }
  isOwn({ by }: Work): boolean {
    return by === 'ann';
  }
  save(...told: unknown[]): void {
    this.done.push(['save', ...told]);
  }
  load({ name }: Work): void {
    this.done.push(['load', name]);
  }
  undo(): void {
    this.done.push(['undo']);
  }
  rename({ name }: Work, to: string): void {
    this.done.push(['rename', name, to]);
  }
  copy({ name }: Work): void {
    this.done.push(['copy', name]);
  }
  remove({ name }: Work): void {
    this.done.push(['remove', name]);
  }
  share({ name }: Work, isShared: boolean): void {
    this.done.push(['share', name, isShared]);
  }
  exportWork({ name }: Work): void {
    this.done.push(['export', name]);
  }
  importWork(file: File): void {
    this.done.push(['import', file.name]);
  }
  refresh(): void {
    this.done.push(['refresh']);
  }
  dismiss(): void {
    this.done.push(['dismiss']);
  }
}

/** That something was loaded. */
export function loaded(name: string, misfits: readonly IMisfit[] = [], waiting = 0): Said {
  return { kind: 'done', action: 'load', name, misfits, waiting };
}
