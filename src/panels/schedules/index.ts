import { Dialog } from '@jupyterlab/apputils';
import type { ITranslator } from '@jupyterlab/translation';
import React from 'react';
import type { Schedule } from '../../api';
import { DOMAIN } from '../../components/context';
import { View } from '../section';
import { ScheduleBody } from './dialogbody';
import type { ScheduleModel } from './model';

/** A dialog that stays open until the schedule was accepted, and shows why it was not. */
export class ScheduleDialog extends Dialog<unknown> {
  constructor(
    private readonly _model: ScheduleModel,
    translator: ITranslator
  ) {
    const trans = translator.load(DOMAIN);
    const { isEdit } = _model;
    super({
      title: isEdit ? trans.__('Edit Schedule') : trans.__('New Schedule'),
      body: new View(translator, () => React.createElement(ScheduleBody, { model: _model })),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: isEdit ? trans.__('Save') : trans.__('Schedule') })
      ],
      focusNodeSelector: 'select'
    });
    this.addClass('crispdm-RunDialog');
    this.addClass('crispdm-ScheduleDialog');
  }

  /** The schedule that was accepted. */
  get schedule(): Schedule | null {
    return this._schedule;
  }

  override resolve(index?: number): void {
    if (index === 0) {
      super.resolve(index);
    } else if (!this._isBusy) {
      void this._save();
    }
  }

  private async _save(): Promise<void> {
    this._setBusy(true);
    this._schedule = await this._model.save();
    this._setBusy(false);
    if (this._schedule) {
      super.resolve(1);
    }
  }

  private _setBusy(busy: boolean): void {
    this._isBusy = busy;
    this.node.querySelector('.jp-mod-accept')?.toggleAttribute('disabled', busy);
  }

  private _isBusy = false;
  private _schedule: Schedule | null = null;
}
