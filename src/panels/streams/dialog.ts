import type { ITranslator } from '@jupyterlab/translation';
import React from 'react';
import type { Stream } from '../../api/streams';
import { DOMAIN } from '../../components/basics/context';
import { SubmitDialog } from '../basics/submitdialog';
import { NewStreamBody } from './dialogbody';
import type { NewStreamModel } from './formmodel';

/** Asks for a new stream. */
export class NewStreamDialog extends SubmitDialog<Stream> {
  constructor(model: NewStreamModel, translator: ITranslator) {
    const trans = translator.load(DOMAIN);
    super(
      {
        title: trans.__('New stream'),
        label: trans.__('Make stream'),
        view: () => React.createElement(NewStreamBody, { model }),
        focus: 'input',
        submit: () => model.save()
      },
      translator
    );
  }
}
