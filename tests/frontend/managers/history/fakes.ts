import type { KeptLayout, KeptVersion } from '../../../../src/api';
import type { Comparison, IHistory, IPresentFile } from '../../../../src/tokens/history';

export function aVersion(change: Partial<KeptVersion> = {}): KeptVersion {
  return {
    id: 1,
    path: 'study/train.py',
    saved: '2026-11-21T09:30:00Z',
    size: 1200,
    by: 'ada',
    ...change
  };
}

export function aLayout(change: Partial<KeptLayout> = {}): KeptLayout {
  return {
    id: 1,
    workspace: 'default',
    saved: '2026-11-21T09:30:00Z',
    size: 800,
    documents: ['study/digits.ipynb', 'train.py'],
    ...change
  };
}

/** Kept versions and layouts without a server. */
export class FakeHistory implements IHistory {
  kept: KeptVersion[] = [];
  keptLayouts: KeptLayout[] = [];
  failure: Error | null = null;
  comparison: Comparison | Promise<Comparison> = { kind: 'same' };
  asked: unknown[][] = [];

  versions(path: string): Promise<readonly KeptVersion[]> {
    return this._note(this.kept, 'versions', path);
  }
  async compare(
    { id }: KeptVersion,
    file: () => Promise<IPresentFile | null>
  ): Promise<Comparison> {
    await file();
    return this._note(await this.comparison, 'compare', id);
  }
  restore(id: number): Promise<KeptVersion> {
    return this._note(aVersion({ id: id + 100 }), 'restore', id);
  }
  layouts(): Promise<readonly KeptLayout[]> {
    return this._note(this.keptLayouts, 'layouts');
  }
  restoreLayout(id: number): Promise<KeptLayout> {
    return this._note(aLayout({ id, workspace: 'lab-2' }), 'restoreLayout', id);
  }

  private _note<T>(answer: T, ...command: unknown[]): Promise<T> {
    this.asked.push(command);
    return this.failure ? Promise.reject(this.failure) : Promise.resolve(answer);
  }
}
