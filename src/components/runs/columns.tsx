import React from 'react';
import type { RunFields } from '../../api';
import { DropDown } from '../basics/browser/dropdown';
import { useTrans } from '../basics/context';
import { fieldOf, labelOf, USUAL } from './fields';

/** What the choice of columns offers and tells. */
export interface IRunColumnsProps {
  shown: readonly string[];
  fields: RunFields | null;
  onShown: (columns: readonly string[]) => void;
}

/** A button that opens the choice of columns: any metric, parameter, or other fact. */
export function RunColumns(props: IRunColumnsProps): React.JSX.Element {
  const { shown, fields, onShown } = props;
  const trans = useTrans();
  const metrics = (fields?.metrics ?? []).flatMap(({ name, goal }) =>
    ['', ...(goal ? ['best'] : ['min', 'max'])].map(figure => fieldOf('metrics', name, figure))
  );
  const parameters = (fields?.parameters ?? []).map(({ name }) => fieldOf('params', name));
  const system = (fields?.system ?? []).map(({ name }) => fieldOf('system', name, 'max'));
  const group = { shown, onShown };
  return (
    <DropDown button={trans.__('Choose columns')} label={trans.__('Columns')}>
      <Group {...group} title={trans.__('Columns')} columns={USUAL} />
      <Group {...group} title={trans.__('Metrics')} columns={metrics} />
      <Group {...group} title={trans.__('Parameters')} columns={parameters} />
      <Group {...group} title={trans.__('Used')} columns={system} />
      <button className="crispdm-Button" onClick={() => onShown([])}>
        {trans.__('Reset columns')}
      </button>
    </DropDown>
  );
}

function Group(props: {
  title: string;
  columns: readonly string[];
  shown: readonly string[];
  onShown: (columns: readonly string[]) => void;
}): React.JSX.Element | null {
  const { title, columns, shown, onShown } = props;
  const trans = useTrans();
  if (columns.length === 0) {
    return null;
  }
  return (
    <fieldset>
      <legend>{title}</legend>
      {columns.map(field => {
        const label = labelOf(trans, field);
        return (
          <label key={field} className="crispdm-Field-inline">
            <input
              type="checkbox"
              checked={shown.includes(field)}
              onChange={event =>
                onShown(
                  event.target.checked ? [...shown, field] : shown.filter(one => one !== field)
                )
              }
            />
            <span className="crispdm-mod-cut" title={label}>
              {label}
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}
