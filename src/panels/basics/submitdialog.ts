import { Dialog } from '@jupyterlab/apputils';
import type { ITranslator } from '@jupyterlab/translation';
import type React from 'react';
import { DOMAIN } from '../../components/basics/context';
import { View } from './section';
import { ViewDialog } from './viewdialog';

/** A dialog that stays open until what it asks for was accepted; its view shows why it was not. */
export class SubmitDialog<T> extends ViewDialog<unknown> {
  constructor(
    private readonly _options: SubmitDialog.IOptions<T>,
    translator: ITranslator
  ) {
    const trans = translator.load(DOMAIN);
    super({
      title: _options.title,
      body: new View(translator, _options.view),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        _options.isHarmful
          ? Dialog.warnButton({ label: _options.label })
          : Dialog.okButton({ label: _options.label })
      ],
      ...(_options.isHarmful ? { defaultButton: 0 } : { focusNodeSelector: _options.focus })
    });
    this.addClass('crispdm-SubmitDialog');
  }

  /** What was answered when it was accepted. */
  get accepted(): T | null {
    return this._accepted;
  }

  override resolve(index?: number): void {
    if (index === 0) {
      super.resolve(index);
    } else if (!this._isBusy) {
      void this._submit();
    }
  }

  private async _submit(): Promise<void> {
    this._setBusy(true);
    try {
      this._accepted = await this._options.submit();
    } catch (error) {
      console.error('What was asked for could not be sent.', error);
    }
    this._setBusy(false);
    if (this._accepted) {
      super.resolve(1);
    }
  }

  private _setBusy(busy: boolean): void {
    this._isBusy = busy;
    this.node.querySelector('.jp-mod-accept')?.toggleAttribute('disabled', busy);
  }

  private _isBusy = false;
  private _accepted: T | null = null;
}

export namespace SubmitDialog {
  /** What makes one such dialog. */
  export interface IOptions<T> {
    title: string;
    /** Of the button that submits. */
    label: string;
    view: () => React.JSX.Element;
    /** Selects the element that has the focus at first; unless it is harmful: then it is Cancel. */
    focus?: string;
    /** Whether something ends by it: the Enter key then takes the harmless way. */
    isHarmful?: boolean;
    /** Answers null when it was not accepted. */
    submit: () => Promise<T | null>;
  }
}
