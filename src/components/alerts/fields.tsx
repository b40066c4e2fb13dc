import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useId } from 'react';
import { useTrans } from '../basics/context';
import type { IAlertFields } from './values';
import { NEW_ALERT } from './values';

/** What the fields of rules show and tell. */
export interface IAlertFieldsProps {
  alerts: readonly IAlertFields[];
  error?: string;
  /** Names of metrics to choose from; others can be typed. */
  metrics?: readonly string[];
  /** What is to be said below each rule; empty: nothing. */
  notes?: readonly string[];
  onChange: (alerts: readonly IAlertFields[]) => void;
}

/** The rules that raise an alert, one below the other, each read as a sentence. */
export function AlertFields(props: IAlertFieldsProps): React.JSX.Element {
  const { alerts, error, metrics = [], notes = [], onChange } = props;
  const trans = useTrans();
  const names = useId();
  const replace = (at: number, ...by: readonly IAlertFields[]): void =>
    onChange([...alerts.slice(0, at), ...by, ...alerts.slice(at + 1)]);
  return (
    <fieldset className="crispdm-Field crispdm-Alerts">
      <legend>{trans.__('Alerts')}</legend>
      {alerts.map((one, at) => (
        <AlertLine
          key={at}
          alert={one}
          number={at + 1}
          names={names}
          note={notes.at(at) ?? ''}
          onChange={(...by) => replace(at, ...by)}
        />
      ))}
      <datalist id={names}>
        {metrics.map(name => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <button
        type="button"
        className="crispdm-Button"
        onClick={() => onChange([...alerts, NEW_ALERT])}
      >
        {trans.__('Add alert')}
      </button>
      {alerts.length === 0 && (
        <small className="crispdm-Hint">
          {trans.__('Watch its curves: tell you, or stop it and keep the best')}
        </small>
      )}
      {error && (
        <small className="crispdm-Error" role="alert">
          {error}
        </small>
      )}
    </fieldset>
  );
}

interface ILineProps {
  alert: IAlertFields;
  number: number;
  /** The id of the list of names. */
  names: string;
  note: string;
  /** Put none or another rule in place of this one. */
  onChange: (...by: readonly IAlertFields[]) => void;
}

function AlertLine(props: ILineProps): React.JSX.Element {
  const { alert, number, names, note, onChange } = props;
  const trans = useTrans();
  const change = (part: Partial<IAlertFields>): void => onChange({ ...alert, ...part });
  return (
    <div className="crispdm-Alerts-rule" role="group" aria-label={trans.__('Alert %1', number)}>
      <div className="crispdm-Alerts-line">
        <input
          className="crispdm-Input"
          aria-label={trans.__('Metric')}
          placeholder={alert.when === 'nan' ? trans.__('any metric') : trans.__('metric')}
          list={names}
          spellCheck={false}
          value={alert.metric}
          onChange={event => change({ metric: event.target.value })}
        />
        <Choice
          label={trans.__('Condition')}
          labels={conditions(trans)}
          value={alert.when}
          onChange={when => change({ when })}
        />
        <Amount alert={alert} change={change} />
        <Choice
          label={trans.__('What then')}
          labels={{ notice: trans.__('tell me'), stop: trans.__('stop, keep best') }}
          value={alert.then}
          onChange={then => change({ then })}
        />
        <button
          type="button"
          className="crispdm-Button"
          aria-label={trans.__('Remove alert %1', number)}
          title={trans.__('Remove alert %1', number)}
          onClick={() => onChange()}
        >
          ×
        </button>
      </div>
      {alert.when === 'stuck' && <Better alert={alert} change={change} />}
      {note !== '' && <small className="crispdm-Alerts-note">{note}</small>}
    </div>
  );
}

interface IPartProps {
  alert: IAlertFields;
  change: (part: Partial<IAlertFields>) => void;
}

/** The limit of a value, or for how long there may be no better one. */
function Amount({ alert, change }: IPartProps): React.JSX.Element | null {
  const trans = useTrans();
  switch (alert.when) {
    case 'nan':
      return null;
    case 'stuck':
      return (
        <>
          <NumberInput
            label={trans.__('For how long')}
            value={alert.patience}
            onChange={patience => change({ patience })}
          />
          <Choice
            label={trans.__('Counted in')}
            labels={{ values: trans.__('values'), steps: trans.__('steps') }}
            value={alert.unit}
            onChange={unit => change({ unit })}
          />
        </>
      );
    default:
      return (
        <NumberInput
          label={trans.__('Limit')}
          value={alert.value}
          onChange={value => change({ value })}
        />
      );
  }
}

/** What counts as better. */
function Better({ alert, change }: IPartProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <div className="crispdm-Alerts-line crispdm-mod-second">
      <span>{trans.__('Better is')}</span>
      <Choice
        label={trans.__('Better is')}
        labels={{
          '': trans.__('as its name says'),
          low: trans.__('lower'),
          high: trans.__('higher')
        }}
        value={alert.better}
        onChange={better => change({ better })}
      />
      <span>{trans.__('by more than')}</span>
      <NumberInput
        label={trans.__('By more than')}
        placeholder="0"
        value={alert.least}
        onChange={least => change({ least })}
      />
    </div>
  );
}

function NumberInput(props: {
  label: string;
  value: string;
  placeholder?: string;
  onChange: (value: string) => void;
}): React.JSX.Element {
  const { label, value, placeholder, onChange } = props;
  return (
    <input
      className="crispdm-Input"
      aria-label={label}
      inputMode="decimal"
      placeholder={placeholder}
      spellCheck={false}
      value={value}
      onChange={event => onChange(event.target.value)}
    />
  );
}

function Choice<T extends string>(props: {
  label: string;
  labels: Record<T, string>;
  value: T;
  onChange: (value: T) => void;
}): React.JSX.Element {
  const { label, labels, value, onChange } = props;
  return (
    <select
      className="crispdm-Input"
      aria-label={label}
      value={value}
      onChange={event => onChange(event.target.value as T)}
    >
      {Object.entries<string>(labels).map(([name, shown]) => (
        <option key={name} value={name}>
          {shown}
        </option>
      ))}
    </select>
  );
}

function conditions(trans: TranslationBundle): Record<IAlertFields['when'], string> {
  return {
    stuck: trans.__('is no better for'),
    above: trans.__('is above'),
    below: trans.__('is below'),
    nan: trans.__('is not a number')
  };
}
