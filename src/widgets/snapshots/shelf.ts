import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { ApiError, messageOf } from '../../api';
import type { NewWork, Work } from '../../api';
import { fileName, readWork, writeWork } from '../../components/snapshots/file';
import type { Action, IMisfit, IQuestion, IShelf, Said } from '../../components/snapshots/shelf';
import type { ISnapshots } from '../../tokens/snapshots';
import type { Desk } from './desk';

const CONFLICT = 409;
const MOST_COPIES = 1000;
const LONGEST_NAME = 100;

/** What an action tells when it is done. */
interface IDone {
  readonly name: string;
  readonly misfits?: readonly IMisfit[];
  readonly waiting?: number;
}

/** Hands a file to the browser, which lets its user keep it. */
export type Download = (name: string, text: string) => void;

/** The work that is saved of one page: what there is, and what is done with it. */
export class Shelf implements IShelf {
  constructor(
    private readonly _page: string,
    private readonly _snapshots: ISnapshots,
    private readonly _desk: Pick<Desk, 'values' | 'put'>,
    private readonly _download: Download = download
  ) {}

  works: readonly Work[] | null = null;
  said: Said = { kind: 'nothing' };
  question: IQuestion | null = null;
  current = '';

  get canUndo(): boolean {
    return this._before !== null;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  isOwn({ by }: Work): boolean {
    return by === this._me;
  }

  refresh(): void {
    void this._do('list', '', async () => {
      this._me ||= await this._snapshots.me();
      await this._list();
      return { name: '' };
    });
  }

  save(name: string, note: string): void {
    const store = async (): Promise<IDone> => {
      const values = await this._desk.values();
      await this._store(name, { values, note }, name === this.current);
      this.current = name;
      return { name };
    };
    void this._do('save', name, store);
  }

  load(work: Work): void {
    void this._do('load', work.name, async () => {
      const { values } = await this._snapshots.load(this._page, work.name, work.by);
      const before = new Map(Object.entries(await this._desk.values()));
      const put = await this._desk.put(values, []);
      const names = Object.keys(values);
      this._before = {
        values: Object.fromEntries([...before].filter(([name]) => names.includes(name))),
        forget: put.waiting.filter(name => !before.has(name)),
        current: this.current
      };
      this.current = this.isOwn(work) ? work.name : '';
      return { name: work.name, misfits: put.misfits, waiting: put.waiting.length };
    });
  }

  undo(): void {
    const before = this._before;
    if (before) {
      void this._do('undo', '', async () => {
        const { misfits } = await this._desk.put(before.values, before.forget);
        this._before = null;
        this.current = before.current;
        return { name: '', misfits };
      });
    }
  }

  rename(work: Work, to: string): void {
    void this._do('rename', work.name, async () => {
      const { name } = await this._snapshots.rename(this._page, work.name, to);
      this.current = this.current === work.name ? name : this.current;
      return { name };
    });
  }

  copy(work: Work): void {
    void this._do('copy', work.name, async () => {
      const { values, note } = await this._snapshots.load(this._page, work.name, work.by);
      const name = this._freeName(work.name);
      await this._snapshots.save(this._page, name, { values, note, replace: false });
      return { name };
    });
  }

  remove(work: Work): void {
    this._ask('delete', work.name, () => {
      void this._do('delete', work.name, async () => {
        await this._snapshots.remove(this._page, work.name);
        this.current = this.current === work.name ? '' : this.current;
        return { name: work.name };
      });
    });
  }

  share(work: Work, shared: boolean): void {
    void this._do(shared ? 'share' : 'unshare', work.name, async () => {
      const { name } = await this._snapshots.describe(this._page, work.name, { shared });
      return { name };
    });
  }

  exportWork(work: Work): void {
    void this._do('export', work.name, async () => {
      const loaded = await this._snapshots.load(this._page, work.name, work.by);
      this._download(fileName(work.name), writeWork(this._page, loaded));
      return { name: work.name };
    });
  }

  importWork(file: File): void {
    void this._do('import', file.name, async () => {
      const { work, misfits } = await readWork(file);
      const { name, ...rest } = work;
      await this._store(name, rest, false);
      return { name, misfits };
    });
  }

  dismiss(): void {
    this.question = null;
    this._say({ kind: 'nothing' });
  }

  /** Let nobody be told any more. */
  dispose(): void {
    Signal.clearData(this);
  }

  /** Do one thing after the other, and tell what becomes of it. A question that comes up stands in its place. */
  private async _do(action: Action, name: string, work: () => Promise<IDone>): Promise<void> {
    if (this.said.kind === 'busy') {
      return;
    }
    this.question = null;
    this._say({ kind: 'busy', action });
    try {
      const done = await work();
      if (action !== 'list') {
        await this._list();
      }
      this._say({ kind: 'done', action, misfits: [], waiting: 0, ...done });
    } catch (error) {
      this._failed(action, name, error, work);
    }
  }

  private _failed(action: Action, name: string, error: unknown, work: () => Promise<IDone>): void {
    if (error instanceof Taken) {
      this._ask('replace', error.name, () => {
        this._mayReplace = error.name;
        void this._do(action, name, work);
      });
    } else {
      this._say({ kind: 'failed', action, name, reason: messageOf(error) });
    }
  }

  /** Keep work under a name. One that is taken is asked about first; who shares it shares it still. */
  private async _store(name: string, work: NewWork, isCurrent: boolean): Promise<void> {
    const known = this.works?.find(one => one.name === name && this.isOwn(one));
    const replace = isCurrent || this._mayReplace === name;
    this._mayReplace = null;
    if (known && !replace) {
      throw new Taken(name);
    }
    try {
      await this._snapshots.save(this._page, name, {
        ...work,
        shared: known?.shared ?? false,
        replace
      });
    } catch (error) {
      throw error instanceof ApiError && error.status === CONFLICT ? new Taken(name) : error;
    }
  }

  private async _list(): Promise<void> {
    this.works = await this._snapshots.works(this._page);
  }

  private _ask(about: IQuestion['about'], name: string, yes: () => void): void {
    this.question = { about, name, yes };
    this._say({ kind: 'nothing' });
  }

  /** A name for a copy that no own work has. */
  private _freeName(name: string): string {
    const taken = new Set((this.works ?? []).filter(one => this.isOwn(one)).map(one => one.name));
    for (let number = 1; number < MOST_COPIES; number++) {
      const end = number === 1 ? ' (copy)' : ` (copy ${number})`;
      const wish = [...name].slice(0, LONGEST_NAME - end.length).join('') + end;
      if (!taken.has(wish)) {
        return wish;
      }
    }
    return name;
  }

  private _say(said: Said): void {
    this.said = said;
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private _me = '';
  private _mayReplace: string | null = null;
  private _before: {
    values: Record<string, unknown>;
    forget: string[];
    current: string;
  } | null = null;
}

/** There is work of that name already. */
class Taken extends Error {
  constructor(override readonly name: string) {
    super();
  }
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
