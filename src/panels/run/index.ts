import { Dialog } from '@jupyterlab/apputils';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import React from 'react';
import type { Job } from '../../api';
import { DOMAIN } from '../../components/context';
import { useFacts } from '../../components/hooks';
import { RunForm } from '../../components/runform';
import { View } from '../section';
import type { RunModel } from './model';

/** A dialog that stays open until the job was accepted, and shows why it was not. */
export class RunDialog extends Dialog<unknown> {
  constructor(
    private readonly _model: RunModel,
    translator: ITranslator
  ) {
    const trans = translator.load(DOMAIN);
    super({
      title: titleOf(trans, _model),
      body: new View(translator, () => React.createElement(RunBody, { model: _model })),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Run') })
      ],
      focusNodeSelector: 'select'
    });
    this.addClass('crispdm-RunDialog');
  }

  /** The job that was accepted. */
  get job(): Job | null {
    return this._job;
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
    this._job = await this._model.submit();
    this._setBusy(false);
    if (this._job) {
      super.resolve(1);
    }
  }

  private _setBusy(busy: boolean): void {
    this._isBusy = busy;
    this.node.querySelector('.jp-mod-accept')?.toggleAttribute('disabled', busy);
  }

  private _isBusy = false;
  private _job: Job | null = null;
}

function titleOf(trans: TranslationBundle, { original, values }: RunModel): string {
  return original
    ? trans.__('Run “%1” Again', original.name)
    : trans.__('Run “%1” as a Job', values.path.split('/').at(-1) ?? '');
}

function RunBody({ model }: { model: RunModel }): React.JSX.Element {
  useFacts(model.environments);
  useFacts(model.jobs);
  return React.createElement(UseSignal, {
    signal: model.changed,
    children: () =>
      React.createElement(RunForm, {
        values: model.values,
        errors: model.errors,
        environments: model.environments.list,
        jobs: model.jobs.list,
        onChange: change => model.change(change)
      })
  });
}
