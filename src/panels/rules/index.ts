import type { ITranslator } from '@jupyterlab/translation';
import React from 'react';
import type { MetricRules } from '../../api';
import { DOMAIN } from '../../components/basics/context';
import { SubmitDialog } from '../basics/submitdialog';
import { RulesBody } from './body';
import type { RulesModel } from './model';

/** Asks for the rules by which metrics are found in logs. */
export class RulesDialog extends SubmitDialog<MetricRules> {
  constructor(model: RulesModel, translator: ITranslator) {
    const trans = translator.load(DOMAIN);
    super(
      {
        title: trans.__('Metrics in logs'),
        label: trans.__('Save rules'),
        view: () => React.createElement(RulesBody, { model }),
        focus: '.crispdm-RulesEditor input, .crispdm-RulesEditor button',
        submit: () => model.save()
      },
      translator
    );
    this.addClass('crispdm-RulesDialog');
  }
}
