import React from 'react';
import type { Environment } from '../../api';
import { useTrans } from '../basics/context';
import { EnvironmentPicker } from './picker';
import type { EnvironmentErrors, IEnvironmentValues } from './values';
import { Field, TextField } from '../basics/field';

/** Names of programs: the same in every language. */
const UV = 'uv';
const VENV = 'venv';

/** What the form shows and tells. */
export interface IEnvironmentFormProps {
  values: IEnvironmentValues;
  errors: EnvironmentErrors;
  environments: readonly Environment[];
  onChange: (change: Partial<IEnvironmentValues>) => void;
}

/** The choices for a new environment. */
export function EnvironmentForm(props: IEnvironmentFormProps): React.JSX.Element {
  const { values, errors, onChange } = props;
  const trans = useTrans();
  const isClone = values.source === 'clone';
  return (
    <div className="crispdm-RunForm">
      {errors[''] && (
        <p className="crispdm-Error" role="alert">
          {errors['']}
        </p>
      )}
      <TextField
        label={trans.__('Name')}
        hint={trans.__('Letters, digits, dots, dashes and underscores')}
        value={values.name}
        error={errors.name}
        onChange={name => onChange({ name })}
      />
      <Source {...props} />
      {!isClone && <Python {...props} />}
      <Field label={trans.__('Made by')} error={errors.kind}>
        <select
          className="crispdm-Input"
          value={values.kind}
          aria-invalid={Boolean(errors.kind)}
          onChange={event => onChange({ kind: event.target.value as IEnvironmentValues['kind'] })}
        >
          <option value="">{trans.__('the best that is installed')}</option>
          <option value="uv">{UV}</option>
          <option value="venv">{VENV}</option>
          <option value="conda">{trans.__('conda, mamba or micromamba')}</option>
        </select>
      </Field>
    </div>
  );
}

/** What goes into it: packages, a file, or the same as in another environment. */
function Source(props: IEnvironmentFormProps): React.JSX.Element {
  const { values, errors, environments, onChange } = props;
  const trans = useTrans();
  return (
    <>
      <Field label={trans.__('Contents')}>
        <select
          className="crispdm-Input"
          value={values.source}
          onChange={event =>
            onChange({ source: event.target.value as IEnvironmentValues['source'] })
          }
        >
          <option value="packages">{trans.__('Packages')}</option>
          <option value="file">{trans.__('What a file names')}</option>
          <option value="clone">{trans.__('The same as in another environment')}</option>
        </select>
      </Field>
      {values.source === 'packages' && (
        <Packages
          value={values.packages}
          error={errors.packages}
          onChange={packages => onChange({ packages })}
        />
      )}
      {values.source === 'file' && (
        <TextField
          label={trans.__('File')}
          hint={trans.__('requirements.txt, environment.yml or pyproject.toml, below the root')}
          value={values.file}
          error={errors.file}
          onChange={file => onChange({ file })}
        />
      )}
      {values.source === 'clone' && (
        <Field label={trans.__('Environment')} error={errors.clone}>
          <EnvironmentPicker
            environments={environments}
            value={values.clone}
            onChange={clone => onChange({ clone })}
          />
        </Field>
      )}
    </>
  );
}

function Packages(props: {
  value: string;
  error?: string;
  onChange: (value: string) => void;
}): React.JSX.Element {
  const { value, error, onChange } = props;
  const trans = useTrans();
  return (
    <Field
      label={trans.__('Packages')}
      hint={trans.__('One a line, for example: numpy>=1.26. With ipykernel, notebooks can use it.')}
      error={error}
    >
      <textarea
        className="crispdm-Input"
        rows={4}
        spellCheck={false}
        value={value}
        aria-invalid={Boolean(error)}
        onChange={event => onChange(event.target.value)}
      />
    </Field>
  );
}

/** The Python: one of those found on the machine, or a version. */
function Python(props: IEnvironmentFormProps): React.JSX.Element {
  const { values, errors, environments, onChange } = props;
  const trans = useTrans();
  const bare = environments.filter(one => ['pyenv', 'system'].includes(one.kind) && one.usable);
  const versions = [...new Set(bare.map(one => one.version))].sort(newestFirst);
  return (
    <Field label={trans.__('Python')} error={errors.python}>
      <select
        className="crispdm-Input"
        value={values.python}
        aria-invalid={Boolean(errors.python)}
        onChange={event => onChange({ python: event.target.value })}
      >
        <option value="">{trans.__('as the server')}</option>
        {versions.map(version => (
          <option key={version}>{version}</option>
        ))}
      </select>
    </Field>
  );
}

function newestFirst(a: string, b: string): number {
  return b.localeCompare(a, undefined, { numeric: true });
}
