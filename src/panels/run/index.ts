import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import React from 'react';
import type { Job } from '../../api';
import { DOMAIN } from '../../components/basics/context';
import { useFacts } from '../../components/basics/hooks';
import { RunForm } from '../../components/run/form';
import { SubmitDialog } from '../basics/submitdialog';
import type { RunModel } from './model';

/** Asks how to run a file, or a job again; accepted is the job. */
export class RunDialog extends SubmitDialog<Job> {
  constructor(model: RunModel, translator: ITranslator) {
    const trans = translator.load(DOMAIN);
    super(
      {
        title: titleOf(trans, model),
        label: trans.__('Run job'),
        view: () => React.createElement(RunBody, { model }),
        focus: 'select',
        submit: () => model.submit()
      },
      translator
    );
  }
}

function titleOf(trans: TranslationBundle, { original, values }: RunModel): string {
  return original
    ? trans.__('Run “%1” again', original.name)
    : trans.__('Run “%1” as a job', values.path.split('/').at(-1) ?? '');
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
        metrics: model.metrics,
        onChange: change => model.change(change)
      })
  });
}
