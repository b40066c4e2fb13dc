import React, { useId } from 'react';
import type { IQuantity, Units } from './units';

/** What a field of one value has. */
export interface IFieldProps<T> {
  value: T;
  error?: string;
  onChange: (value: T) => void;
}

/** A label over an input, with a hint or what is wrong below it. */
export function Field(props: {
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

/** A line of text. */
export function TextField(
  props: IFieldProps<string> & {
    label: string;
    hint?: string;
    placeholder?: string;
    numeric?: boolean;
  }
): React.JSX.Element {
  const { label, hint, placeholder, numeric, value, error, onChange } = props;
  return (
    <Field label={label} hint={hint} error={error}>
      <input
        className="crispdm-Input"
        type="text"
        inputMode={numeric ? 'numeric' : undefined}
        placeholder={placeholder}
        value={value}
        aria-invalid={Boolean(error)}
        spellCheck={false}
        onChange={event => onChange(event.target.value)}
      />
    </Field>
  );
}

/** A number with a choice of units. */
export function QuantityField(
  props: IFieldProps<IQuantity> & {
    label: string;
    unitLabel: string;
    units: Units;
    placeholder?: string;
  }
): React.JSX.Element {
  const { label, error } = props;
  return (
    <Field label={label} error={error}>
      <Quantity {...props} />
    </Field>
  );
}

function Quantity(
  props: React.ComponentProps<typeof QuantityField> & { id?: string; 'aria-describedby'?: string }
): React.JSX.Element {
  const { id, value, error, unitLabel, units, placeholder, onChange } = props;
  return (
    <span className="crispdm-Quantity">
      <input
        className="crispdm-Input"
        id={id}
        aria-describedby={props['aria-describedby']}
        type="text"
        inputMode="decimal"
        placeholder={placeholder}
        value={value.amount}
        aria-invalid={Boolean(error)}
        onChange={event => onChange({ ...value, amount: event.target.value })}
      />
      <select
        className="crispdm-Input"
        aria-label={unitLabel}
        value={value.unit}
        onChange={event => onChange({ ...value, unit: event.target.value })}
      >
        {Object.keys(units).map(unit => (
          <option key={unit}>{unit}</option>
        ))}
      </select>
    </span>
  );
}
