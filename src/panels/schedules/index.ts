import type { ITranslator } from '@jupyterlab/translation';
import React from 'react';
import type { Schedule } from '../../api';
import { DOMAIN } from '../../components/basics/context';
import { SubmitDialog } from '../basics/submitdialog';
import { ScheduleBody } from './dialogbody';
import type { ScheduleModel } from './model';

/** Asks for a schedule, a new one or changes of one. */
export class ScheduleDialog extends SubmitDialog<Schedule> {
  constructor(model: ScheduleModel, translator: ITranslator) {
    const trans = translator.load(DOMAIN);
    const { isEdit } = model;
    super(
      {
        title: isEdit ? trans.__('Edit schedule') : trans.__('New schedule'),
        label: isEdit ? trans.__('Save schedule') : trans.__('Make schedule'),
        view: () => React.createElement(ScheduleBody, { model }),
        focus: 'select',
        submit: () => model.save()
      },
      translator
    );
    this.addClass('crispdm-ScheduleDialog');
  }
}
