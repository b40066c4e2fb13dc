import React from 'react';
import type { RunFields } from '../../api';
import { useTrans } from '../basics/context';
import { labelOf } from './fields';
import { FieldOptions } from './filter';

/** The fields of every run by which one groups. */
const USUAL = [
  'group',
  'tags',
  'state',
  'owner',
  'created',
  'name',
  'kind',
  'environment',
  'commit',
  'folder'
] as const;

/** The choice of a field: runs that are alike in it stand together. */
export function GroupBy(props: {
  value: string;
  fields: RunFields | null;
  onChange: (field: string) => void;
}): React.JSX.Element {
  const { value, fields, onChange } = props;
  const trans = useTrans();
  return (
    <select
      className="crispdm-Input crispdm-RunGroups"
      aria-label={trans.__('Group by')}
      title={trans.__(
        'Runs that are alike in this stand together, with their best and mean figures'
      )}
      value={value}
      onChange={event => onChange(event.target.value)}
    >
      <option value="">{trans.__('No groups')}</option>
      {value !== '' && <option value={value}>{trans.__('By %1', labelOf(trans, value))}</option>}
      <FieldOptions fields={fields} usual={USUAL} />
    </select>
  );
}
