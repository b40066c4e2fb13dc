import type { WidgetModel } from '@jupyter-widgets/base';
import type { IMisfit } from '../../components/snapshots/shelf';
import type { ISnapshots } from '../../tokens/snapshots';
import type { Keeping } from './keeping';
import { PAGE_FIELD } from './keeping';
import { isKernelThere } from './kernel';
import { keptValue, putValue } from './values';

type Values = Readonly<Record<string, unknown>>;

/** What became of values that were put in. */
export interface IPut {
  readonly misfits: readonly IMisfit[];
  /** The fields whose page is still to be made. */
  readonly waiting: readonly string[];
}

const LOOK_AFTER = 1000;

/** The fields that a bar works on: what stands in them now, and the way back into them. */
export class Desk {
  constructor(
    private readonly _bar: WidgetModel,
    private readonly _keeping: Keeping,
    private readonly _snapshots: ISnapshots
  ) {}

  /** What stands in all fields; of pages that are still to be made, what was kept of them. */
  async values(): Promise<Record<string, unknown>> {
    const kept = new Map(Object.entries(await this._snapshots.values(this._keeping.page)));
    this._waiting.forEach((value, name) => kept.set(name, value));
    this._keeping.fields.forEach((field, name) => kept.set(name, keptValue(field)));
    kept.delete(PAGE_FIELD);
    return Object.fromEntries(kept);
  }

  /**
   * Put values in, and have those be forgotten that waited for a page. Where there is no kernel any more the browser
   * does it alone.
   */
  async put(values: Values, forget: readonly string[]): Promise<IPut> {
    const put = (await this._byKernel(values, forget)) ?? (await this._byBrowser(values));
    const given = new Map(Object.entries(values));
    forget.forEach(name => this._waiting.delete(name));
    put.waiting.forEach(name => {
      this._waiting.set(name, given.get(name));
      this._keeping.saver.change(name, given.get(name)); // no widget tells of it yet
    });
    return put;
  }

  /** Have the Python side do it, which knows what fits; null when it is gone, or goes before it answers. */
  private async _byKernel(values: Values, forget: readonly string[]): Promise<IPut | null> {
    const bar = this._bar;
    if (!isKernelThere(bar)) {
      return null;
    }
    const number = ++this._number;
    return new Promise(resolve => {
      const done = (put: IPut | null): void => {
        bar.off('msg:custom', hear);
        window.clearInterval(timer);
        resolve(put);
      };
      const hear = (answer: Partial<IPut> & { number?: unknown }): void => {
        if (answer.number === number) {
          done({ misfits: answer.misfits ?? [], waiting: answer.waiting ?? [] });
        }
      };
      const timer = window.setInterval(() => !isKernelThere(bar) && done(null), LOOK_AFTER);
      bar.on('msg:custom', hear);
      try {
        bar.send(
          { put: values as never, forget: forget as string[], number },
          undefined,
          undefined
        );
      } catch {
        done(null);
      }
    });
  }

  private async _byBrowser(values: Values): Promise<IPut> {
    const misfits: IMisfit[] = [];
    const waiting: string[] = [];
    for (const [name, value] of Object.entries(values)) {
      const field = this._keeping.fields.get(name);
      if (field) {
        if (!(await putValue(field, value))) {
          misfits.push({ name, reason: 'impossible' });
        }
      } else if (this._keeping.waits(name)) {
        waiting.push(name);
      } else {
        misfits.push({ name, reason: 'not-here' });
      }
    }
    return { misfits, waiting };
  }

  private readonly _waiting = new Map<string, unknown>();
  private _number = 0;
}
