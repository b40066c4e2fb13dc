import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import { isWithin, parentOf, stepsTo } from '../../../api/files/paths';
import type { FolderEntry } from '../../../api/files/files';
import type { IFiles } from '../../../tokens/files';
import type { ISelection } from '../../basics/selection';
import { NOTHING } from '../../basics/selection';
import type { IChoice } from './choice';
import { fitting, NO_CHOICE } from './choice';
import type { IKept } from './kept';
import { USUAL } from './kept';
import type { IFileSort } from '../list/order';
import { ordered } from '../list/order';

/** A name that is being typed: of a file that is there, or of one that is to be made. */
export type Edit =
  { readonly kind: 'rename'; readonly path: string } | { readonly kind: 'folder' | 'file' };

/** What a browser tells those who keep it. */
export interface IPlace {
  readonly path: string;
  readonly selected: readonly string[];
  readonly kept: IKept;
}

/** Where somebody is among the files, what they marked, and what they are about to do. Drawn by `FileBrowser`. */
export class Browsing implements IDisposable {
  constructor(
    readonly files: IFiles,
    readonly choice: IChoice = NO_CHOICE,
    place: Partial<IPlace> = {}
  ) {
    this._path = place.path ?? '';
    this._selection = { ...NOTHING, marked: new Set(place.selected) };
    this._kept = place.kept ?? USUAL;
    files.changed.connect(this._onFiles, this);
    this._onFiles();
  }

  /** Something to draw has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Something to keep has changed. */
  get moved(): ISignal<this, IPlace> {
    return this._moved;
  }

  /** The folder that is open. */
  get path(): string {
    return this._path;
  }

  get selection(): ISelection {
    return this._selection;
  }

  get kept(): IKept {
    return this._kept;
  }

  get filter(): string {
    return this._filter;
  }

  get edit(): Edit | null {
    return this._edit;
  }

  get isTrashShown(): boolean {
    return this._isTrashShown;
  }

  /** Grows when the row that is active shall have the focus. */
  get focusAsked(): number {
    return this._focusAsked;
  }

  get canWrite(): boolean {
    return this.files.canWrite(this._path);
  }

  /** What the open folder holds, filtered and sorted; the same list until one of these changes. */
  get rows(): readonly FolderEntry[] {
    const { entries } = this.files.listing(this._path);
    const known = this._rows;
    if (
      known?.entries === entries &&
      known.sort === this._kept.sort &&
      known.filter === this._filter
    ) {
      return known.rows;
    }
    const rows = entries ? ordered(entries, this._kept.sort, this._filter) : [];
    this._rows = { entries, sort: this._kept.sort, filter: this._filter, rows };
    return rows;
  }

  /** The rows that are marked. */
  get marked(): readonly FolderEntry[] {
    return this.rows.filter(({ path }) => this._selection.marked.has(path));
  }

  /** What a form would get now. */
  get fitting(): readonly string[] {
    return fitting(this.choice, this.marked, this._path);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this.hide();
    Signal.clearData(this);
  }

  /** Keep what is drawn up to date, until `hide`. */
  show(): void {
    this._isShown = true;
    this._watch();
  }

  hide(): void {
    this._isShown = false;
    this._watch();
  }

  /** Open a folder. */
  go(path: string): void {
    this._isTrashShown = false;
    if (path !== this._path) {
      this._path = path;
      this._selection = NOTHING;
      this._filter = '';
      this._edit = null;
      this._expand(stepsTo(parentOf(path), this.topOf(path)));
    }
    this._tell();
  }

  /** The outermost folder that one may see on the way to a path; itself where there is none. */
  topOf(path: string): string {
    const around = this.files.folders.filter(folder => isWithin(path, folder.path));
    return around.reduce((top, one) => (one.path.length < top.length ? one.path : top), path);
  }

  /** Open the folder above, if it may be seen; the one that was open is marked there. */
  up(): void {
    const from = this._path;
    if (from !== this.topOf(from)) {
      this.go(parentOf(from));
      this.reveal([from]);
    }
  }

  /** Open the trash. */
  goToTrash(): void {
    this._isTrashShown = true;
    this._edit = null;
    this._tell();
  }

  select(selection: ISelection): void {
    this._selection = selection;
    this._tell();
  }

  /** Mark these, and lead the focus to the first. */
  reveal(paths: readonly string[]): void {
    const [first = null] = paths;
    this._selection = { marked: new Set(paths), active: first, anchor: first };
    this.focus();
    this._tell();
  }

  /** Mark nothing, and lead the focus to the row that has a place now, or to the last. */
  rest(at: number): void {
    const row = this.rows.at(Math.min(at, this.rows.length - 1));
    this._selection = { ...NOTHING, active: row?.path ?? null };
    this.focus();
    this._tell();
  }

  /** Lead the focus to the list; who types a name is left alone, for a name that loses the focus is meant. */
  focus(): void {
    if (this._edit === null) {
      this._focusAsked++;
    }
    this._changed.emit();
  }

  find(text: string): void {
    this._filter = text;
    this._changed.emit();
  }

  sortBy(sort: IFileSort): void {
    this._keep({ sort });
  }

  showTree(isTreeShown: boolean): void {
    this._keep({ isTreeShown });
  }

  showPreview(isPreviewShown: boolean): void {
    this._keep({ isPreviewShown });
  }

  isExpanded(path: string): boolean {
    return this._kept.expanded.includes(path);
  }

  expand(path: string, isExpanded: boolean): void {
    const others = this._kept.expanded.filter(one => one !== path);
    this._keep({ expanded: isExpanded ? [...others, path] : others });
  }

  /** Begin to type a name, or leave it. */
  type(edit: Edit | null): void {
    if (edit?.kind === 'rename') {
      this._selection = { ...this._selection, active: edit.path };
    }
    this._edit = edit;
    this._changed.emit();
  }

  /** Take over a place that was set from outside. */
  take(place: IPlace): void {
    this._kept = place.kept;
    if (place.path !== this._path) {
      this._path = place.path;
      this._filter = '';
      this._edit = null;
    }
    this._selection = { ...this._selection, marked: new Set(place.selected) };
    this._watch();
    this._changed.emit();
  }

  private _keep(change: Partial<IKept>): void {
    this._kept = { ...this._kept, ...change };
    this._tell();
  }

  private _expand(paths: readonly string[]): void {
    const closed = paths.filter(path => !this.isExpanded(path));
    this._kept = { ...this._kept, expanded: [...this._kept.expanded, ...closed] };
  }

  private _tell(): void {
    this._watch();
    this._changed.emit();
    const { path, kept } = this;
    this._moved.emit({ path, selected: [...this._selection.marked], kept });
  }

  /** Begin where somebody may be, and drop marks of what is gone. */
  private readonly _onFiles = (): void => {
    const { folders } = this.files;
    if (this._path === '' && folders.length > 0 && !this.files.folderOf('')) {
      this.go(folders[0].path);
      return;
    }
    this._watch();
    const { entries } = this.files.listing(this._path);
    const { marked } = this._selection;
    if (entries && marked.size > 0) {
      const there = new Set(entries.map(({ path }) => path));
      const left = [...marked].filter(path => there.has(path));
      if (left.length < marked.size) {
        this.select({ ...this._selection, marked: new Set(left) });
        return;
      }
    }
    this._changed.emit();
  };

  /** Have those folders known that are drawn, and no others. */
  private _watch(): void {
    const { isTreeShown, expanded } = this._kept;
    const drawn = [this._path, ...(isTreeShown ? expanded : [])];
    const wanted = new Set(this._isShown ? drawn.filter(path => this._mayShow(path)) : []);
    for (const [path, shown] of this._shown) {
      if (!wanted.has(path)) {
        this._shown.delete(path);
        shown.dispose();
      }
    }
    for (const path of wanted) {
      if (!this._shown.has(path)) {
        this._shown.set(path, this.files.show(path));
      }
    }
  }

  /** The root is no place to be in for those who have folders of their own alone. */
  private _mayShow(path: string): boolean {
    return path !== '' || this.files.folderOf(path) !== undefined;
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _moved = new Signal<this, IPlace>(this);
  private readonly _shown = new Map<string, IDisposable>();
  private _path: string;
  private _selection: ISelection;
  private _kept: IKept;
  private _filter = '';
  private _edit: Edit | null = null;
  private _isTrashShown = false;
  private _isShown = false;
  private _isDisposed = false;
  private _focusAsked = 0;
  private _rows: {
    entries: readonly FolderEntry[] | null;
    sort: IFileSort;
    filter: string;
    rows: readonly FolderEntry[];
  } | null = null;
}
