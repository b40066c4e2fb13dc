import React, { useState } from 'react';
import type { Environment, Job } from '../../api';
import { AlertFields } from '../alerts/fields';
import { AfterField } from './afterfield';
import { useTrans } from '../basics/context';
import { EnvironmentPicker } from '../environments/picker';
import type { IFieldProps } from '../basics/field';
import { Field, QuantityField, TextField } from '../basics/field';
import { ParameterFields } from './parameterfields';
import type { IRunValues, Notify, RunErrors } from './values';
import { ADVANCED, emptyForm } from './values';
import { SIZES } from '../basics/units';

/** What the form shows and tells. */
export interface IRunFormProps {
  values: IRunValues;
  errors: RunErrors;
  environments: readonly Environment[];
  jobs: readonly Job[];
  /** The metrics that it may log, as far as they are known. */
  metrics?: readonly string[];
  onChange: (change: Partial<IRunValues>) => void;
}

/** The choices for running something as a job. */
export function RunForm(props: IRunFormProps): React.JSX.Element {
  const { values, errors, environments, onChange } = props;
  const trans = useTrans();
  const isNotebook = values.path.endsWith('.ipynb');
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
      <TextField label={trans.__('Name')} {...bind(props, 'name')} />
      {values.path === '' && <TextField label={trans.__('Command')} {...bind(props, 'command')} />}
      {!isNotebook && (
        <TextField
          label={trans.__('Arguments')}
          hint={trans.__('As on a command line, for example: --epochs 5 --data "my pictures"')}
          {...bind(props, 'args')}
        />
      )}
      <ParameterFields
        parameters={values.parameters}
        error={errors.parameters}
        onChange={parameters => onChange({ parameters })}
      />
      <TextField
        label={trans.__('Working directory')}
        hint={trans.__('Below the root of the file browser; empty: beside the file')}
        {...bind(props, 'cwd')}
      />
      <More {...props} />
    </div>
  );
}

/** What few jobs need. It is open from the start where something of it was chosen. */
function More(props: IRunFormProps): React.JSX.Element {
  const { values, errors } = props;
  const trans = useTrans();
  const [isOpen, setIsOpen] = useState(() => isAdvanced(values));
  const isWrong = ADVANCED.some(field => errors[field]);
  return (
    <details
      className="crispdm-More"
      open={isOpen || isWrong}
      onToggle={event => setIsOpen(event.currentTarget.open)}
    >
      <summary>{trans.__('More: limits, retries, tags, alerts')}</summary>
      <div className="crispdm-More-grid">
        <Slots {...props} />
        <Tries {...props} />
      </div>
      <Extras {...props} />
    </details>
  );
}

function Slots(props: IRunFormProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <>
      <TextField label={trans.__('CPUs')} numeric {...bind(props, 'cpus')} />
      <TextField label={trans.__('GPUs')} numeric {...bind(props, 'gpus')} />
      <QuantityField
        label={trans.__('Memory')}
        unitLabel={trans.__('Unit of memory')}
        placeholder={trans.__('no limit')}
        units={SIZES}
        {...bind(props, 'memory')}
      />
    </>
  );
}

function Tries(props: IRunFormProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <>
      <TextField label={trans.__('Retries')} numeric {...bind(props, 'retries')} />
      <TextField
        label={trans.__('Delay before a retry')}
        placeholder={trans.__('none, or 30s')}
        {...bind(props, 'retry_delay')}
      />
      <TextField
        label={trans.__('Time limit')}
        placeholder={trans.__('none, or 1h30m')}
        {...bind(props, 'timeout')}
      />
    </>
  );
}

function Extras(props: IRunFormProps): React.JSX.Element {
  const { values, errors, jobs, metrics, onChange } = props;
  const trans = useTrans();
  return (
    <>
      <AlertFields
        alerts={values.alerts}
        error={errors.alerts}
        metrics={metrics}
        onChange={alerts => onChange({ alerts })}
      />
      <TextField
        label={trans.__('Tags')}
        hint={trans.__('With commas between them')}
        {...bind(props, 'tags')}
      />
      <Field label={trans.__('Start after')} error={errors.after}>
        <AfterField after={values.after} jobs={jobs} onChange={after => onChange({ after })} />
      </Field>
      <Field label={trans.__('Tell by e-mail and webhook')} error={errors.notify}>
        <select
          className="crispdm-Input"
          value={values.notify}
          onChange={event => onChange({ notify: event.target.value as Notify })}
        >
          <option value="end">{trans.__('when it is over')}</option>
          <option value="failure">{trans.__('when it fails')}</option>
          <option value="never">{trans.__('never')}</option>
        </select>
      </Field>
    </>
  );
}

/** The value of a field, what is wrong with it, and how it changes. */
function bind<K extends keyof IRunValues>(
  { values, errors, onChange }: IRunFormProps,
  field: K
): IFieldProps<IRunValues[K]> {
  return {
    value: values[field],
    error: errors[field],
    onChange: value => onChange({ [field]: value })
  };
}

function isAdvanced(values: IRunValues): boolean {
  const plain = emptyForm('');
  return ADVANCED.some(field => JSON.stringify(values[field]) !== JSON.stringify(plain[field]));
}
