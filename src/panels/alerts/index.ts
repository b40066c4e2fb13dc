import type { ITranslator } from '@jupyterlab/translation';
import React from 'react';
import type { Alert } from '../../api';
import { DOMAIN } from '../../components/basics/context';
import { SubmitDialog } from '../basics/submitdialog';
import { AlertsBody } from './body';
import type { AlertsModel } from './model';

/** Shows which rules a job's curves are watched for and which of them were raised, and asks for others. */
export class AlertsDialog extends SubmitDialog<readonly Alert[]> {
  constructor(model: AlertsModel, name: string, translator: ITranslator) {
    const trans = translator.load(DOMAIN);
    super(
      {
        title: trans.__('Alerts of “%1”', name),
        label: trans.__('Save alerts'),
        view: () => React.createElement(AlertsBody, { model }),
        focus: '.crispdm-Alerts > button',
        submit: () => model.save()
      },
      translator
    );
  }
}
