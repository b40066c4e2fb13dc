import React from 'react';
import type { Environment } from '../../api';
import { useTrans } from '../basics/context';
import { groupEnvironments } from './groups';

/** A choice of environments. Those that cannot be used say why. */
export function EnvironmentPicker(props: {
  environments: readonly Environment[];
  value: string;
  onChange: (id: string) => void;
  id?: string;
  'aria-describedby'?: string;
}): React.JSX.Element {
  const trans = useTrans();
  const { environments, value, onChange, id } = props;
  const isKnown = environments.some(environment => environment.id === value);
  return (
    <select
      className="crispdm-Input"
      id={id}
      aria-describedby={props['aria-describedby']}
      aria-label={trans.__('Environment')}
      value={value}
      onChange={event => onChange(event.target.value)}
    >
      {!isKnown && <option value={value}>{value}</option>}
      {groupEnvironments(environments, '', trans).map(group => (
        <optgroup key={group.title} label={group.title}>
          {group.environments.map(environment => (
            <option key={environment.id} value={environment.id} disabled={!environment.usable}>
              {describe(environment)}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}

function describe(environment: Environment): string {
  const { name, kind, version, usable, reason } = environment;
  const label = `${name} (${[kind, version && `Python ${version}`].filter(Boolean).join(', ')})`;
  return usable || !reason ? label : `${label}: ${reason}`;
}
