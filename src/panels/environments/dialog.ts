import type { ITranslator } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import React from 'react';
import type { Accepted } from '../../api';
import { DOMAIN } from '../../components/basics/context';
import { EnvironmentForm } from '../../components/environments/form';
import { useFacts } from '../../components/basics/hooks';
import { SubmitDialog } from '../basics/submitdialog';
import type { CreationModel } from './model';

/** Asks for a new environment; accepted is the job that makes it. */
export class CreationDialog extends SubmitDialog<Accepted> {
  constructor(model: CreationModel, translator: ITranslator) {
    const trans = translator.load(DOMAIN);
    super(
      {
        title: trans.__('New environment'),
        label: trans.__('Make environment'),
        view: () => React.createElement(CreationBody, { model }),
        focus: 'input',
        submit: () => model.submit()
      },
      translator
    );
  }
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
