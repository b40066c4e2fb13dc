import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';
import React from 'react';
import { DOMAIN } from '../../components/basics/context';
import { TextField } from '../../components/basics/field';
import { readDuration } from '../../components/basics/format';
import { SubmitDialog } from '../basics/submitdialog';

const USUAL = '10m';

/** How long a job may take to save what it has. */
export interface IGrace {
  seconds: number;
}

/** Asks how long jobs may go on after an interrupt, so that their code can save a checkpoint. */
export class StopDialog extends SubmitDialog<IGrace> {
  constructor(names: readonly string[], translator: ITranslator) {
    const trans = translator.load(DOMAIN);
    const field = new GraceField(trans);
    super(
      {
        title: trans._n(
          'Stop this job and keep the best?',
          'Stop %1 jobs and keep the best?',
          names.length
        ),
        label: trans._n('Stop job', 'Stop %1 jobs', names.length),
        view: () => React.createElement(StopBody, { whose: whoseOf(trans, names), field, trans }),
        isHarmful: true,
        submit: () => Promise.resolve(field.read())
      },
      translator
    );
    this._field = field;
  }

  override dispose(): void {
    Signal.clearData(this._field);
    super.dispose();
  }

  private readonly _field: GraceField;
}

/** The time as it is typed, and what is wrong with it. */
class GraceField {
  constructor(private readonly _trans: TranslationBundle) {}

  readonly changed = new Signal<this, void>(this);
  text = USUAL;
  error = '';

  write(text: string): void {
    this.text = text;
    this.error = '';
    this.changed.emit();
  }

  read(): IGrace | null {
    const seconds = readDuration(this.text);
    if (Number.isNaN(seconds)) {
      this.error = this._trans.__('A duration such as 45s, 30m or 1h30m.');
      this.changed.emit();
      return null;
    }
    return { seconds };
  }
}

function StopBody(props: {
  whose: string;
  field: GraceField;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { whose, field, trans } = props;
  return React.createElement(
    'div',
    { className: 'crispdm-RunForm' },
    React.createElement(
      'p',
      { className: 'crispdm-Said' },
      trans.__('%1 gets an interrupt (SIGINT) now, so that its code can save a checkpoint.', whose)
    ),
    React.createElement(UseSignal, {
      signal: field.changed,
      children: () =>
        React.createElement(TextField, {
          label: trans.__('End it the usual way if it still runs after'),
          hint: trans.__('Such as 45s, 30m or 1h30m'),
          value: field.text,
          error: field.error || undefined,
          onChange: text => field.write(text)
        })
    })
  );
}

function whoseOf(trans: TranslationBundle, names: readonly string[]): string {
  return names.length === 1
    ? trans.__('“%1”', names[0])
    : trans.__('Each of the %1 jobs', names.length);
}
