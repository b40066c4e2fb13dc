import React from 'react';
import { own } from '../../api/own';
import type { IColumnChoice } from '../datagrid/columnlayout';
import { NO_CHOICE, withShown } from '../datagrid/columnlayout';
import { DropDown } from '../basics/browser/dropdown';
import { useTrans } from '../basics/context';
import { COLUMNS } from './columns';
import type { SortKey } from './sort';

/** What the menu offers and tells. */
export interface IColumnMenuProps {
  choice: IColumnChoice;
  /** The metrics and parameters that the jobs have. */
  metrics: readonly string[];
  parameters: readonly string[];
  onChoice: (choice: IColumnChoice) => void;
  /** The menu opens: say which metrics there are. */
  onOpen: () => void;
}

/** A button that opens the choice of columns: the usual ones, the newest values of metrics, and parameters. */
export function ColumnMenu(props: IColumnMenuProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <DropDown button={trans.__('Choose columns')} label={trans.__('Columns')} onOpen={props.onOpen}>
      <Choices {...props} />
    </DropDown>
  );
}

function Choices({ choice, metrics, parameters, onChoice }: IColumnMenuProps): React.JSX.Element {
  const trans = useTrans();
  const usual = COLUMNS.map(({ key, label }) => [key, label(trans)] as const);
  const named = (kind: string, names: readonly string[]): [SortKey, string][] =>
    withChosen(choice, kind, names).map(name => [`${kind}:${name}`, name]);
  const group = { choice, onChoice };
  return (
    <>
      <ChoiceGroup {...group} title={trans.__('Columns')} columns={usual} />
      <ChoiceGroup
        {...group}
        title={trans.__('Newest value of')}
        columns={named('metric', metrics)}
        empty={trans.__('None of these jobs has logged a metric.')}
      />
      <ChoiceGroup
        {...group}
        title={trans.__('Parameter')}
        columns={named('parameter', parameters)}
        empty={trans.__('None of these jobs has a parameter.')}
      />
      <button className="crispdm-Button" onClick={() => onChoice(NO_CHOICE)}>
        {trans.__('Reset columns')}
      </button>
    </>
  );
}

function ChoiceGroup(props: {
  title: string;
  columns: readonly (readonly [SortKey, string])[];
  empty?: string;
  choice: IColumnChoice;
  onChoice: (choice: IColumnChoice) => void;
}): React.JSX.Element {
  const { title, columns, empty, choice, onChoice } = props;
  const isShown = (key: SortKey): boolean => own(choice.shown, key) ?? !key.includes(':');
  return (
    <fieldset>
      <legend>{title}</legend>
      {columns.length === 0 && <small className="crispdm-Hint">{empty}</small>}
      {columns.map(([key, label]) => (
        <label key={key} className="crispdm-Field-inline">
          <input
            type="checkbox"
            checked={isShown(key)}
            disabled={key === 'name'}
            onChange={event => onChoice(withShown(choice, key, event.target.checked))}
          />
          <span className="crispdm-mod-cut" title={label}>
            {label}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** The names that are there, with those that were chosen when they were. */
function withChosen(
  { shown }: IColumnChoice,
  kind: string,
  names: readonly string[]
): readonly string[] {
  const chosen = Object.keys(shown).filter(key => own(shown, key) && key.startsWith(`${kind}:`));
  return [...new Set([...names, ...chosen.map(key => key.slice(kind.length + 1))])].sort();
}
