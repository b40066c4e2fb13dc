import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { WidgetTracker } from '@jupyterlab/apputils';
import type { JobPage } from '.';
import type { IJobView } from './model';

/** How a page is to be opened. */
export interface IOpenOptions {
  view: Partial<IJobView>;
  /** Whether it is only looked at: the next that is looked at takes its place. */
  isPreview: boolean;
}

/** The open pages of jobs: one for each job, and among them at most one preview. */
export class JobPages {
  constructor(
    private readonly _shell: JupyterFrontEnd.IShell,
    private readonly _tracker: WidgetTracker<JobPage>,
    private readonly _make: (id: string, options: IOpenOptions) => Promise<JobPage>
  ) {}

  /** Bring the page of a job to the front. Asked for twice at once, it is made once. */
  async open(id: string, options: IOpenOptions): Promise<void> {
    if (options.isPreview) {
      this._lookedAt = id;
    }
    const page = this._find(id) ?? (await this._begin(id, options));
    if (!options.isPreview) {
      page.model.keep();
    } else if (page.model.isPreview && this._lookedAt !== id) {
      this._forget(page);
      return;
    }
    await this._show(page);
  }

  /** Keep a page that is a preview. */
  keep(id: string): void {
    this._find(id)?.model.keep();
  }

  private _find(id: string): JobPage | undefined {
    return this._tracker.find(page => page.model.id === id);
  }

  private _begin(id: string, options: IOpenOptions): Promise<JobPage> {
    const view = { ...options.view, ...(options.isPreview && this._preview()?.model.view) };
    const made =
      this._begun.get(id) ??
      this._make(id, { ...options, view }).finally(() => this._begun.delete(id));
    this._begun.set(id, made);
    return made;
  }

  private async _show(page: JobPage): Promise<void> {
    if (!page.isAttached) {
      const before = page.model.isPreview ? this._preview() : undefined;
      const place = before?.isAttached ? { ref: before.id, mode: 'tab-after' as const } : {};
      this._shell.add(page, 'main', { type: 'Job', ...place });
      await this._tracker.add(page);
      before?.dispose();
    }
    this._shell.activateById?.(page.id);
  }

  /** Somebody looks at another job already: this one is not shown any more. */
  private _forget(page: JobPage): void {
    if (!page.isAttached) {
      page.dispose();
    }
  }

  private _preview(): JobPage | undefined {
    return this._tracker.find(page => page.model.isPreview);
  }

  private readonly _begun = new Map<string, Promise<JobPage>>();
  private _lookedAt = '';
}
