import React, { useState } from 'react';
import type { Run } from '../../api';
import { messageOf } from '../../api';
import { DropDown } from '../basics/browser/dropdown';
import { useTrans } from '../basics/context';
import { TextField } from '../basics/field';
import { Trouble } from '../basics/trouble';

/** The most runs that the server makes one of. */
const MOST_MERGED = 100;

/** What merging takes and tells. */
export interface IRunMergeProps {
  chosen: readonly Run[];
  /** Make one run of the chosen ones; rejected with what the server says against it. */
  onMerge: (name: string) => Promise<unknown>;
}

/** A button that opens the form which makes one run of the chosen ones. */
export function RunMerge(props: IRunMergeProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <DropDown button={trans.__('Merge')} label={trans.__('Merge runs')}>
      <MergeForm {...props} />
    </DropDown>
  );
}

function MergeForm({ chosen, onMerge }: IRunMergeProps): React.JSX.Element {
  const trans = useTrans();
  const [name, setName] = useState('');
  const [trouble, setTrouble] = useState('');
  const [isAsked, setIsAsked] = useState(false);
  const isMergeable = chosen.length >= 2 && chosen.length <= MOST_MERGED;
  const submit = (): void => {
    setIsAsked(true);
    setTrouble('');
    onMerge(name.trim())
      .then(() => setName(''))
      .catch(error => setTrouble(messageOf(error)))
      .finally(() => setIsAsked(false));
  };
  return (
    <form
      className="crispdm-RunMerge"
      onSubmit={event => {
        event.preventDefault();
        submit();
      }}
    >
      <p className="crispdm-Hint">
        {isMergeable
          ? trans.__(
              'One run of a training that was cut and taken up again: from the first step of a later run on, that run holds alone. The runs themselves stay.'
            )
          : trans.__('Choose two to %1 runs first.', MOST_MERGED)}
      </p>
      <TextField label={trans.__('Name of the merged run')} value={name} onChange={setName} />
      {trouble !== '' && <Trouble text={trouble} />}
      <button
        className="crispdm-Button"
        type="submit"
        disabled={!isMergeable || isAsked || name.trim() === ''}
      >
        {trans._n('Merge %1 run', 'Merge %1 runs', chosen.length)}
      </button>
    </form>
  );
}
