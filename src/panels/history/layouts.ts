import type { ITranslator } from '@jupyterlab/translation';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import React from 'react';
import type { KeptLayout } from '../../api';
import { messageOf } from '../../api';
import { DOMAIN } from '../../components/basics/context';
import type { IHistory } from '../../tokens/history';
import { SubmitDialog } from '../basics/submitdialog';
import { LayoutsBody } from './layoutsbody';

/** One's last layouts of Lab, and which of them is chosen. */
export class LayoutsModel {
  /** `prepare` is what happens before one is restored. */
  constructor(
    private readonly _history: IHistory,
    private readonly _prepare: () => Promise<void> = () => Promise.resolve()
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Newest first; null until they have come. */
  get layouts(): readonly KeptLayout[] | null {
    return this._layouts;
  }

  /** What went wrong last. */
  get error(): string {
    return this._error;
  }

  get selected(): number | null {
    return this._selected;
  }

  async load(): Promise<void> {
    await this._attempt(async () => {
      this._layouts = await this._history.layouts();
      // The newest is what Lab looks like now.
      this._selected = (this._layouts[1] ?? this._layouts[0])?.id ?? null;
    });
  }

  select(id: number): void {
    this._selected = id;
    this._changed.emit();
  }

  /** Restore the chosen layout on the server; null when it was not. */
  async submit(): Promise<KeptLayout | null> {
    const id = this._selected;
    let restored: KeptLayout | null = null;
    await this._attempt(async () => {
      if (id !== null) {
        await this._prepare();
        restored = await this._history.restoreLayout(id);
      }
    });
    return restored;
  }

  private async _attempt(act: () => Promise<void>): Promise<void> {
    this._error = '';
    try {
      await act();
    } catch (error) {
      this._error = messageOf(error);
    }
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private _layouts: readonly KeptLayout[] | null = null;
  private _selected: number | null = null;
  private _error = '';
}

/** Asks which layout comes back. */
export class LayoutsDialog extends SubmitDialog<KeptLayout> {
  constructor(model: LayoutsModel, translator: ITranslator) {
    const trans = translator.load(DOMAIN);
    super(
      {
        title: trans.__('Layouts of JupyterLab'),
        label: trans.__('Restore layout'),
        view: () => React.createElement(LayoutsBody, { model }),
        focus: 'input:checked',
        submit: () => model.submit()
      },
      translator
    );
  }
}
