import React from 'react';
import { own } from '../../api/own';
import { useTrans } from '../basics/context';
import { TextField } from '../basics/field';

/** A rule as it is typed: the template, and the name of the series of its `{value}`. */
export interface IRuleValues {
  template: string;
  name: string;
}

/** All that is typed: the rules, names to leave alone (by commas), and whether known libraries are looked at. */
export interface IRulesValues {
  rules: readonly IRuleValues[];
  ignore: string;
  automatic: boolean;
}

/** What is wrong, by the field; '' is for all of it. */
export type RulesErrors = Readonly<Record<string, string>>;

/** What the editor shows and tells. */
export interface IRulesEditorProps {
  values: IRulesValues;
  errors: RulesErrors;
  onChange: (change: Partial<IRulesValues>) => void;
}

/** Rules, one a line, and what is left alone. */
export function RulesEditor({ values, errors, onChange }: IRulesEditorProps): React.JSX.Element {
  const trans = useTrans();
  const { rules } = values;
  const set = (index: number, change: Partial<IRuleValues>): void =>
    onChange({ rules: rules.map((rule, at) => (at === index ? { ...rule, ...change } : rule)) });
  return (
    <div className="crispdm-RulesEditor">
      {errors[''] && (
        <p className="crispdm-Error" role="alert">
          {errors['']}
        </p>
      )}
      <p className="crispdm-Hint">
        {trans.__(
          'A rule is a line with gaps: {value} is a number, {step} and {epoch} say where the training is, {*} is anything. A gap with another name is a series of that name.'
        )}
      </p>
      {rules.map((rule, index) => (
        <Rule
          key={index}
          number={index + 1}
          rule={rule}
          error={own(errors, `rules[${index}].template`)}
          onChange={change => set(index, change)}
          onRemove={() => onChange({ rules: rules.filter((_, at) => at !== index) })}
        />
      ))}
      <button
        className="crispdm-Button"
        onClick={() => onChange({ rules: [...rules, { template: '', name: '' }] })}
      >
        {trans.__('Add a rule')}
      </button>
      <Rest values={values} errors={errors} onChange={onChange} />
    </div>
  );
}

function Rule(props: {
  number: number;
  rule: IRuleValues;
  error?: string;
  onChange: (change: Partial<IRuleValues>) => void;
  onRemove: () => void;
}): React.JSX.Element {
  const { number, rule, error, onChange, onRemove } = props;
  const trans = useTrans();
  return (
    <div className="crispdm-RulesEditor-rule">
      <TextField
        label={trans.__('Rule %1', number)}
        placeholder={trans.__('loss {value} at {step}')}
        value={rule.template}
        error={error}
        onChange={template => onChange({ template })}
      />
      <TextField
        label={trans.__('Series of {value}')}
        placeholder={trans.__('loss')}
        value={rule.name}
        onChange={name => onChange({ name })}
      />
      <button
        className="crispdm-Button"
        aria-label={trans.__('Remove rule %1', number)}
        title={trans.__('Remove rule %1', number)}
        onClick={onRemove}
      >
        ×
      </button>
    </div>
  );
}

function Rest({ values, errors, onChange }: IRulesEditorProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <>
      <TextField
        label={trans.__('Names to leave alone')}
        hint={trans.__('By commas; * stands for anything: lr, train/*')}
        value={values.ignore}
        error={errors.ignore}
        onChange={ignore => onChange({ ignore })}
      />
      <label className="crispdm-Field-inline">
        <input
          type="checkbox"
          checked={values.automatic}
          onChange={event => onChange({ automatic: event.target.checked })}
        />
        {trans.__('Find what known libraries print')}
      </label>
    </>
  );
}
