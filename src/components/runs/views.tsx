import React, { useState } from 'react';
import type { RunView, SavedRunView } from '../../api';
import { messageOf } from '../../api';
import { DropDown } from '../basics/browser/dropdown';
import { useTrans } from '../basics/context';
import { Trouble } from '../basics/trouble';

/** What the menu of saved views offers and tells. */
export interface IRunViewsProps {
  views: readonly SavedRunView[];
  /** The address that opens the view of a name. */
  addressOf: (name: string) => string;
  /** The menu opens: say which views there are. */
  onRead: () => void;
  onOpen: (view: RunView) => void;
  /** Save how the table is looked at; rejected with what the server says against it. */
  onSave: (name: string) => Promise<unknown>;
  onRemove: (name: string) => Promise<unknown>;
}

/** A button that opens the saved views: each is a link, which can be sent to others. */
export function RunViews(props: IRunViewsProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <DropDown button={trans.__('Views')} label={trans.__('Saved views')} onOpen={props.onRead}>
      <Choices {...props} />
    </DropDown>
  );
}

function Choices(props: IRunViewsProps): React.JSX.Element {
  const { views, addressOf, onOpen, onSave, onRemove } = props;
  const trans = useTrans();
  const [name, setName] = useState('');
  const [trouble, setTrouble] = useState('');
  const attempt = (work: Promise<unknown>, after?: () => void): void => {
    setTrouble('');
    work.then(after).catch((error: unknown) => setTrouble(messageOf(error)));
  };
  const isKnown = views.some(view => view.name === name.trim());
  return (
    <>
      {trouble !== '' && <Trouble text={trouble} />}
      {views.length === 0 && <p className="crispdm-Toolbar-note">{trans.__('None saved yet.')}</p>}
      <ul className="crispdm-RunViews">
        {views.map(view => (
          <li key={view.name}>
            <a
              className="crispdm-mod-cut"
              href={addressOf(view.name)}
              title={trans.__(
                '%1, saved by %2. The link can be sent to others.',
                view.name,
                view.by
              )}
              onClick={event => {
                if (!event.metaKey && !event.ctrlKey && !event.shiftKey) {
                  event.preventDefault();
                  onOpen(view.view);
                }
              }}
            >
              {view.name}
            </a>
            <button
              className="crispdm-Button"
              aria-label={trans.__('Remove %1', view.name)}
              onClick={() => attempt(onRemove(view.name))}
            >
              {trans.__('Remove')}
            </button>
          </li>
        ))}
      </ul>
      <form
        className="crispdm-RunViews-save"
        onSubmit={event => {
          event.preventDefault();
          attempt(onSave(name.trim()), () => setName(''));
        }}
      >
        <input
          className="crispdm-Input"
          aria-label={trans.__('Name of the view')}
          placeholder={trans.__('Name…')}
          maxLength={100}
          value={name}
          onChange={event => setName(event.target.value)}
        />
        <button className="crispdm-Button" type="submit" disabled={name.trim() === ''}>
          {isKnown ? trans.__('Replace') : trans.__('Save this view')}
        </button>
      </form>
    </>
  );
}
