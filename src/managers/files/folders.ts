import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';
import type { FolderEntry } from '../../api/files/files';
import { messageOf } from '../../api';
import type { IListing } from '../../tokens/files';

/** So many folders that nobody looks at are remembered: going back shows them at once. */
const REMEMBERED = 40;

/** A folder that was looked at. */
interface IKnown {
  listing: IListing;
  users: number;
  reading: Promise<void> | null;
  /** Whether something changed while it was being read. */
  isStale: boolean;
}

const UNKNOWN: IListing = { entries: null, error: '' };

/** What folders hold. Each is read once at a time; an answer that is old already is asked for again. */
export class KnownFolders {
  constructor(
    private readonly _read: (path: string) => Promise<FolderEntry[]>,
    private readonly _changed: () => void
  ) {}

  listing(path: string): IListing {
    return this._known.get(path)?.listing ?? UNKNOWN;
  }

  /** Whether anybody looks at any folder. */
  get isShown(): boolean {
    return [...this._known.values()].some(({ users }) => users > 0);
  }

  /** Keep a folder known, read anew, until the answer is disposed of. */
  show(path: string): IDisposable {
    const known = this._of(path);
    known.users++;
    void this.read(path);
    return new DisposableDelegate(() => {
      known.users--;
      this._forget();
    });
  }

  /** Read again what is shown; or those of these folders that were looked at. */
  async refresh(paths?: readonly string[]): Promise<void> {
    const isWanted = paths
      ? ([path]: [string, IKnown]) => paths.includes(path)
      : ([, { users }]: [string, IKnown]) => users > 0;
    await Promise.all([...this._known].filter(isWanted).map(([path]) => this.read(path)));
  }

  /** Read a folder; who asks while it is being read gets what is true after that. */
  read(path: string): Promise<void> {
    const known = this._of(path);
    if (known.reading) {
      known.isStale = true;
    } else {
      known.reading = this._readUntilFresh(path, known).finally(() => {
        known.reading = null;
        this._changed();
      });
    }
    return known.reading;
  }

  private async _readUntilFresh(path: string, known: IKnown): Promise<void> {
    do {
      known.isStale = false;
      try {
        known.listing = { entries: await this._read(path), error: '' };
      } catch (error) {
        known.listing = { entries: null, error: messageOf(error) };
      }
    } while (known.isStale);
  }

  private _of(path: string): IKnown {
    const known = this._known.get(path) ?? {
      listing: UNKNOWN,
      users: 0,
      reading: null,
      isStale: false
    };
    // The newest stand last, so that the first are those to forget.
    this._known.delete(path);
    this._known.set(path, known);
    return known;
  }

  private _forget(): void {
    const unseen = [...this._known].filter(([, { users, reading }]) => users === 0 && !reading);
    unseen
      .slice(0, Math.max(0, unseen.length - REMEMBERED))
      .forEach(([path]) => this._known.delete(path));
  }

  private readonly _known = new Map<string, IKnown>();
}
