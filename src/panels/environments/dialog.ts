import { Dialog } from '@jupyterlab/apputils';
import type { ITranslator } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import React from 'react';
import type { Accepted } from '../../api';
import { DOMAIN } from '../../components/context';
import { EnvironmentForm } from '../../components/environmentform';
import { useFacts } from '../../components/hooks';
import { View } from '../section';
import type { CreationModel } from './model';

/** A dialog that stays open until the wish was accepted, and shows why it was not. */
export class CreationDialog extends Dialog<unknown> {
  constructor(
    private readonly _model: CreationModel,
    translator: ITranslator
  ) {
    const trans = translator.load(DOMAIN);
    super({
      title: trans.__('New Environment'),
      body: new View(translator, () => React.createElement(CreationBody, { model: _model })),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Make') })
      ],
      focusNodeSelector: 'input'
    });
    this.addClass('crispdm-RunDialog');
  }

  /** The job that makes it. */
  get accepted(): Accepted | null {
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
    this._accepted = await this._model.submit();
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
  private _accepted: Accepted | null = null;
}

function CreationBody({ model }: { model: CreationModel }): React.JSX.Element {
  useFacts(model.environments);
  return React.createElement(UseSignal, {
    signal: model.changed,
    children: () =>
      React.createElement(EnvironmentForm, {
        values: model.values,
        errors: model.errors,
        environments: model.environments.list,
        onChange: change => model.change(change)
      })
  });
}
