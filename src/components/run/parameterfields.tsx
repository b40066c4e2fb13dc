import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { useTrans } from '../basics/context';
import type { IParameter, ParameterKind } from './parametervalues';
import { fieldsFromLines } from './parametervalues';

const KINDS: readonly ParameterKind[] = ['auto', 'text', 'number', 'boolean', 'json'];
const NEW: IParameter = { name: '', kind: 'auto', value: '' };

/** The parameters of a job, one a line: name, value and kind. Lines “name = value” can be pasted. */
export function ParameterFields(props: {
  parameters: readonly IParameter[];
  error?: string;
  onChange: (parameters: readonly IParameter[]) => void;
}): React.JSX.Element {
  const { parameters, error, onChange } = props;
  const trans = useTrans();
  const replace = (at: number, ...by: readonly IParameter[]): void =>
    onChange([...parameters.slice(0, at), ...by, ...parameters.slice(at + 1)]);
  return (
    <fieldset className="crispdm-Field crispdm-Parameters">
      <legend>{trans.__('Parameters')}</legend>
      {parameters.map((parameter, at) => (
        <ParameterLine
          key={at}
          parameter={parameter}
          number={at + 1}
          onChange={(...by) => replace(at, ...by)}
        />
      ))}
      <button
        type="button"
        className="crispdm-Button"
        onClick={() => onChange([...parameters, NEW])}
      >
        {trans.__('Add parameter')}
      </button>
      {parameters.some(({ standard }) => standard !== undefined) && (
        <small className="crispdm-Hint">
          {trans.__(
            'From the cell tagged “parameters”; what you leave as it is stays as it is there'
          )}
        </small>
      )}
      {error && <small className="crispdm-Error">{error}</small>}
    </fieldset>
  );
}

interface ILineProps {
  parameter: IParameter;
  number: number;
  /** Put none, one or several lines in place of this one. */
  onChange: (...by: readonly IParameter[]) => void;
}

function ParameterLine(props: ILineProps): React.JSX.Element {
  const { parameter, number, onChange } = props;
  const trans = useTrans();
  const called = parameter.name || String(number);
  const onPaste = (event: React.ClipboardEvent): void => {
    const fields = fieldsFromLines(event.clipboardData.getData('text'));
    if (fields) {
      event.preventDefault();
      onChange(...fields);
    }
  };
  return (
    <div className="crispdm-Parameters-line">
      <input
        className="crispdm-Input"
        aria-label={trans.__('Name of parameter %1', number)}
        placeholder={trans.__('name')}
        spellCheck={false}
        value={parameter.name}
        onPaste={onPaste}
        onChange={event => onChange({ ...parameter, name: event.target.value })}
      />
      <Value {...props} label={trans.__('Value of %1', called)} />
      <select
        className="crispdm-Input"
        aria-label={trans.__('Kind of %1', called)}
        value={parameter.kind}
        onChange={event => onChange({ ...parameter, kind: event.target.value as ParameterKind })}
      >
        {KINDS.map(kind => (
          <option key={kind} value={kind}>
            {kindLabel(trans, kind)}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="crispdm-Button"
        aria-label={trans.__('Remove %1', called)}
        title={trans.__('Remove %1', called)}
        onClick={() => onChange()}
      >
        ×
      </button>
    </div>
  );
}

function Value({ parameter, onChange, label }: ILineProps & { label: string }): React.JSX.Element {
  const { kind, value } = parameter;
  const trans = useTrans();
  const shared = {
    className: 'crispdm-Input',
    'aria-label': label,
    value,
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLSelectElement>) =>
      onChange({ ...parameter, value: event.target.value })
  };
  return kind === 'boolean' ? (
    <select {...shared} value={String(value === 'true')}>
      <option value="true">{trans.__('yes')}</option>
      <option value="false">{trans.__('no')}</option>
    </select>
  ) : (
    <input
      {...shared}
      placeholder={trans.__('value')}
      spellCheck={false}
      inputMode={kind === 'number' ? 'decimal' : undefined}
    />
  );
}

function kindLabel(trans: TranslationBundle, kind: ParameterKind): string {
  const labels: Record<ParameterKind, string> = {
    auto: trans.__('any'),
    text: trans.__('text'),
    number: trans.__('number'),
    boolean: trans.__('yes or no'),
    json: trans.__('JSON')
  };
  return labels[kind];
}
