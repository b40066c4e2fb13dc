import React, { useId } from 'react';
import type { Environment } from '../api';
import { useTrans } from './context';
import { EnvironmentPicker } from './environmentpicker';
import type { IRunValues, RunErrors } from './runvalues';

/** The choices for running a file as a job. */
export function RunForm(props: {
  values: IRunValues;
  errors: RunErrors;
  environments: readonly Environment[];
  onChange: (change: Partial<IRunValues>) => void;
}): React.JSX.Element {
  const { values, errors, environments, onChange } = props;
  const trans = useTrans();
  const isNotebook = values.path.endsWith('.ipynb');
  const text = (field: keyof IRunValues): ITextProps => ({
    value: values[field],
    error: errors[field],
    onChange: value => onChange({ [field]: value })
  });
  return (
    <div className="crispdm-RunForm">
      {errors[''] && (
        <p className="crispdm-Error" role="alert">
          {errors['']}
        </p>
      )}
      <Field label={trans.__('Environment')} error={errors.environment}>
        <EnvironmentPicker
          environments={environments}
          value={values.environment}
          onChange={environment => onChange({ environment })}
        />
      </Field>
      <TextField label={trans.__('Name')} {...text('name')} />
      {!isNotebook && (
        <TextField
          label={trans.__('Arguments')}
          hint={trans.__('As on a command line, for example: --epochs 5 --data "my pictures"')}
          {...text('args')}
        />
      )}
      <TextField
        label={trans.__('Parameters')}
        hint={trans.__('One a line: name = value')}
        rows={3}
        {...text('parameters')}
      />
      <TextField
        label={trans.__('Working directory')}
        hint={trans.__('Below the root of the file browser; empty: beside the file')}
        {...text('cwd')}
      />
    </div>
  );
}

interface ITextProps {
  value: string;
  error?: string;
  onChange: (value: string) => void;
}

function TextField(
  props: ITextProps & { label: string; hint?: string; rows?: number }
): React.JSX.Element {
  const { label, hint, rows, value, error, onChange } = props;
  const shared = {
    className: 'crispdm-Input',
    value,
    'aria-invalid': Boolean(error),
    spellCheck: false,
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      onChange(event.target.value)
  };
  return (
    <Field label={label} hint={hint} error={error}>
      {rows ? <textarea {...shared} rows={rows} /> : <input {...shared} type="text" />}
    </Field>
  );
}

function Field(props: {
  label: string;
  hint?: string;
  error?: string;
  children: React.ReactElement;
}): React.JSX.Element {
  const { label, hint, error, children } = props;
  const id = useId();
  const note = error ?? hint;
  const described = note ? { 'aria-describedby': `${id}-note` } : {};
  return (
    <div className="crispdm-Field">
      <label htmlFor={id}>{label}</label>
      {React.cloneElement(children, { id, ...described })}
      {note && (
        <small id={`${id}-note`} className={error ? 'crispdm-Error' : 'crispdm-Hint'}>
          {note}
        </small>
      )}
    </div>
  );
}
