import React, { useEffect, useRef, useState } from 'react';
import { useTrans } from '../basics/context';
import { TextField } from '../basics/field';
import type { IQuestion } from './shelf';
import { questionText } from './words';

/** Asks for a name, and for a note where one is wanted. */
export function NameForm(props: {
  label: string;
  button: string;
  name: string;
  /** The note at first; null where none is asked for. */
  note: string | null;
  onDone: (name: string, note: string) => void;
  onCancel: () => void;
}): React.JSX.Element {
  const { label, button, note: firstNote, onDone, onCancel } = props;
  const trans = useTrans();
  const [name, setName] = useState(props.name);
  const [note, setNote] = useState(firstNote ?? '');
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector('input')?.select(), []);
  return (
    <form
      className="crispdm-WorkForm"
      aria-label={label}
      ref={form}
      onSubmit={event => {
        event.preventDefault();
        if (name.trim()) {
          onDone(name.trim(), note.trim());
        }
      }}
      onKeyDown={event => event.key === 'Escape' && onCancel()}
    >
      <TextField label={trans.__('Name')} value={name} onChange={setName} />
      {firstNote !== null && <TextField label={trans.__('Note')} value={note} onChange={setNote} />}
      <span className="crispdm-WorkForm-buttons">
        <button className="crispdm-Button crispdm-mod-accept" type="submit" disabled={!name.trim()}>
          {button}
        </button>
        <button className="crispdm-Button" type="button" onClick={onCancel}>
          {trans.__('Cancel')}
        </button>
      </span>
    </form>
  );
}

/** Asks before something is lost. The harmless way has the focus. */
export function Question(props: { question: IQuestion; onDismiss: () => void }): React.JSX.Element {
  const { question, onDismiss } = props;
  const trans = useTrans();
  const cancel = useRef<HTMLButtonElement>(null);
  useEffect(() => cancel.current?.focus(), [question]);
  const text = questionText(trans, question);
  return (
    <div
      className="crispdm-WorkForm crispdm-mod-question"
      role="alertdialog"
      aria-label={text}
      onKeyDown={event => event.key === 'Escape' && onDismiss()}
    >
      <p>{text}</p>
      <span className="crispdm-WorkForm-buttons">
        <button className="crispdm-Button" type="button" ref={cancel} onClick={onDismiss}>
          {trans.__('Cancel')}
        </button>
        <button className="crispdm-Button crispdm-mod-warn" type="button" onClick={question.yes}>
          {question.about === 'delete' ? trans.__('Delete') : trans.__('Replace')}
        </button>
      </span>
    </div>
  );
}
