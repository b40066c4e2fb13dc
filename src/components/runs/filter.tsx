import React, { useState } from 'react';
import type { RunFields } from '../../api';
import { useTrans } from '../basics/context';
import { fieldOf, labelOf } from './fields';

const SIGNS = ['<', '<=', '>', '>=', '=', '!=', '~'] as const;
/** The fields of every run that one asks for most. */
const USUAL = ['name', 'state', 'owner', 'tags', 'group', 'created', 'duration'] as const;
/** A value that the language reads as one word. */
const WORD = /^[^\s<>=!~(),'"\\]+$/;

/** The condition that says which runs are shown, and a small form that adds to it. */
export function RunFilter(props: {
  value: string;
  trouble: string;
  fields: RunFields | null;
  onChange: (filter: string) => void;
  children?: React.ReactNode;
}): React.JSX.Element {
  const { value, trouble, fields, onChange, children } = props;
  const trans = useTrans();
  const [isAdding, setIsAdding] = useState(false);
  return (
    <>
      <div className="crispdm-Toolbar crispdm-JobsPage-filter">
        <input
          className="crispdm-Input"
          type="search"
          placeholder={trans.__('Condition, as in: metrics.val/loss < 0.3 and params.lr = 0.1')}
          aria-label={trans.__('Filter runs')}
          aria-invalid={trouble !== ''}
          spellCheck={false}
          value={value}
          onChange={event => onChange(event.target.value)}
        />
        <button
          className="crispdm-Button"
          aria-expanded={isAdding}
          onClick={() => setIsAdding(!isAdding)}
        >
          {trans.__('Add a condition')}
        </button>
        {children}
      </div>
      {isAdding && <Adding fields={fields} onAdd={test => onChange(joined(value, test))} />}
      {trouble !== '' && (
        <p className="crispdm-Error" role="alert">
          {trouble}
        </p>
      )}
    </>
  );
}

function Adding(props: {
  fields: RunFields | null;
  onAdd: (test: string) => void;
}): React.JSX.Element {
  const { fields, onAdd } = props;
  const trans = useTrans();
  const [field, setField] = useState('');
  const [sign, setSign] = useState<string>('<');
  const [value, setValue] = useState('');
  const isWhole = field !== '' && value.trim() !== '';
  return (
    <form
      className="crispdm-Toolbar crispdm-RunCondition"
      aria-label={trans.__('Add a condition')}
      onSubmit={event => {
        event.preventDefault();
        if (isWhole) {
          onAdd(`${field} ${sign} ${written(value.trim())}`);
          setValue('');
        }
      }}
    >
      <select
        className="crispdm-Input"
        aria-label={trans.__('Field')}
        value={field}
        onChange={event => setField(event.target.value)}
      >
        <option value="">{trans.__('Field…')}</option>
        <FieldOptions fields={fields} usual={USUAL} />
      </select>
      <select
        className="crispdm-Input"
        aria-label={trans.__('Comparison')}
        value={sign}
        onChange={event => setSign(event.target.value)}
      >
        {SIGNS.map(one => (
          <option key={one}>{one}</option>
        ))}
      </select>
      <input
        className="crispdm-Input"
        aria-label={trans.__('Value')}
        value={value}
        onChange={event => setValue(event.target.value)}
      />
      <button className="crispdm-Button" type="submit" disabled={!isWhole}>
        {trans.__('Add')}
      </button>
    </form>
  );
}

/** The fields to choose from, in groups. */
export function FieldOptions(props: {
  fields: RunFields | null;
  usual?: readonly string[];
}): React.JSX.Element {
  const { fields, usual = [] } = props;
  const trans = useTrans();
  const metrics = (fields?.metrics ?? []).flatMap(({ name, goal }) => [
    fieldOf('metrics', name),
    ...(goal ? [fieldOf('metrics', name, 'best')] : [])
  ]);
  const groups = [
    [trans.__('Run'), usual],
    [trans.__('Metrics'), metrics],
    [trans.__('Parameters'), (fields?.parameters ?? []).map(({ name }) => fieldOf('params', name))],
    [trans.__('Used'), (fields?.system ?? []).map(({ name }) => fieldOf('system', name, 'max'))]
  ] as const;
  return (
    <>
      {groups.map(
        ([label, names]) =>
          names.length > 0 && (
            <optgroup key={label} label={label}>
              {names.map(name => (
                <option key={name} value={name}>
                  {labelOf(trans, name)}
                </option>
              ))}
            </optgroup>
          )
      )}
    </>
  );
}

/** Both conditions have to hold; where the first has an “or” of its own, it stands in brackets. */
export function joined(before: string, test: string): string {
  const first = before.trim();
  if (first === '') {
    return test;
  }
  return /\bor\b/i.test(first) ? `(${first}) and ${test}` : `${first} and ${test}`;
}

function written(value: string): string {
  return WORD.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
}
