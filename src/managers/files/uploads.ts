import { DisposableDelegate } from '@lumino/disposable';
import type { FolderEntry } from '../../api/files/files';
import { joined, nameOf, parentOf, stepsTo } from '../../api/files/paths';
import type { ISending, IUploadOrder, Unfinished } from '../../api/files/uploads';
import type { Conflict, ILocalFile, IUpload, IUploads } from '../../tokens/files';
import { Facts } from '../basics/facts';
import type { IUploadPlace } from './upload';
import { FileUpload } from './upload';

/** So many files go at a time. */
const AT_A_TIME = 2;
const ON_TAKEN = { keep: 'rename', replace: 'overwrite', skip: 'refuse' } as const;

/** The way to the server that uploads need. */
export interface IUploadsWay {
  send(order: IUploadOrder): Promise<ISending>;
  unfinished(): Promise<Unfinished[]>;
  forget(id: string): Promise<void>;
}

/** What uploads need to know of folders, and tell them. */
export interface IUploadFolders {
  list(path: string): Promise<readonly FolderEntry[]>;
  changedIn(path: string): void;
}

/** The files on their way to the server: two at a time, in the order in which they were added. */
export class UploadsManager extends Facts implements IUploads {
  constructor(
    private readonly _way: IUploadsWay,
    private readonly _folders: IUploadFolders,
    now: () => number = () => performance.now()
  ) {
    super();
    this._place = {
      send: order => _way.send(order),
      now,
      changed: upload => this._changedOne(upload)
    };
    const onLine = (): void => this._uploads.forEach(upload => upload.nudge());
    window.addEventListener('online', onLine);
    this.own(new DisposableDelegate(() => window.removeEventListener('online', onLine)));
    void this._findUnfinished();
  }

  get list(): readonly IUpload[] {
    return [...this._interrupted, ...this._uploads];
  }

  async add(
    files: readonly ILocalFile[],
    folder: string,
    conflict?: Conflict
  ): Promise<readonly string[]> {
    const there = await this._namesBelow(files, folder);
    const taken = files.map(({ path }) => path).filter(path => there.has(path));
    if (taken.length > 0 && !conflict) {
      return taken;
    }
    files
      .filter(({ path }) => !there.has(path) || conflict !== 'skip')
      .forEach(one => this._addOne(one, folder, there.has(one.path) ? conflict : undefined));
    this._fill();
    this.emitChanged();
    return [];
  }

  pause(id: string): void {
    this._find(id)?.pause();
  }

  resume(id: string): void {
    this._find(id)?.queue();
    this._fill();
  }

  cancel(id: string): void {
    const upload = this._find(id);
    const begun = this._interrupted.find(one => one.id === id);
    this._uploads = this._uploads.filter(one => one !== upload);
    this._interrupted = this._interrupted.filter(one => one !== begun);
    const ended = begun ? this._way.forget(begun.id) : upload?.cancel();
    void ended?.catch(error =>
      console.warn('The server could not be told of a cancelled upload.', error)
    );
    this._fill();
    this.emitChanged();
  }

  pauseAll(): void {
    this._uploads.filter(one => one.isGoing || one.state === 'waiting').forEach(one => one.pause());
  }

  resumeAll(): void {
    this._uploads
      .filter(one => ['paused', 'failed'].includes(one.state))
      .forEach(one => one.queue());
    this._fill();
  }

  cancelAll(): void {
    this.list.filter(one => one.state !== 'done').forEach(one => this.cancel(one.id));
  }

  clear(): void {
    this._uploads = this._uploads.filter(one => one.state !== 'done');
    this.emitChanged();
  }

  /** Let those in front of the line go, as many as there are places. */
  private _fill(): void {
    const going = this._uploads.filter(one => one.isGoing).length;
    const waiting = this._uploads.filter(one => one.state === 'waiting');
    waiting.slice(0, Math.max(0, AT_A_TIME - going)).forEach(one => one.start());
  }

  private _changedOne(upload: FileUpload): void {
    if (upload.state === 'done') {
      this._tellFolders(upload.folder);
    }
    if (!upload.isGoing) {
      this._fill();
    }
    this.emitChanged();
  }

  /** A folder that was made on the way is seen in the one above it. */
  private _tellFolders(folder: string): void {
    stepsTo(folder, '').forEach(step => this._folders.changedIn(step));
  }

  private _find(id: string): FileUpload | undefined {
    return this._uploads.find(one => one.id === id);
  }

  private async _findUnfinished(): Promise<void> {
    try {
      const found = await this._way.unfinished();
      this._interrupted = found.map(one => ({
        id: one.id,
        name: nameOf(one.path),
        folder: parentOf(one.path),
        size: one.length,
        sent: one.offset,
        speed: 0,
        state: 'interrupted',
        error: ''
      }));
    } catch (error) {
      console.warn('What was being uploaded before could not be read.', error);
    }
    this.arrived();
  }

  private _addOne({ file, path }: ILocalFile, folder: string, conflict?: Conflict): void {
    const onTaken = conflict ? ON_TAKEN[conflict] : 'refuse';
    const begun = this._interrupted.find(one => isAt(one, joined(folder, path)));
    const wish = { file, folder, path, onTaken, instead: begun?.id };
    this._uploads.push(new FileUpload(`u${++this._count}`, wish, this._place));
    this._interrupted = this._interrupted.filter(one => one !== begun);
  }

  /** All that is in the folders that files will go to, by its path below the one they are sent to. */
  private async _namesBelow(
    files: readonly ILocalFile[],
    folder: string
  ): Promise<ReadonlySet<string>> {
    const wanted = new Set(files.flatMap(({ path }) => stepsTo(parentOf(path), '')));
    const found = new Set<string>();
    const look = async (below: string): Promise<void> => {
      const entries = await this._folders.list(joined(folder, below));
      const inside = entries.map(({ name, kind }) => ({ path: joined(below, name), kind }));
      inside.forEach(({ path }) => found.add(path));
      const further = inside.filter(({ path, kind }) => kind === 'folder' && wanted.has(path));
      await Promise.all(further.map(({ path }) => look(path)));
    };
    await look('');
    return found;
  }

  private readonly _place: IUploadPlace;
  private _uploads: FileUpload[] = [];
  private _interrupted: readonly IUpload[] = [];
  private _count = 0;
}

function isAt({ folder, name }: IUpload, path: string): boolean {
  return joined(folder, name) === path;
}
