import React, { useState } from 'react';
import { messageOf } from '../../api';
import { useTrans } from '../basics/context';

/** What was typed and not sent yet. It outlives the line, which goes when another part of the job is shown. */
export interface IDraft {
  text: string;
}

/** A line for the standard input of a job that runs. Enter sends it; what was refused stays to be sent again. */
export function InputLine(props: {
  draft?: IDraft;
  onSend: (text: string) => Promise<void>;
  onEnd: () => Promise<void>;
}): React.JSX.Element {
  const trans = useTrans();
  const { draft } = props;
  const [text, show] = useState(draft?.text ?? '');
  const setText = (typed: string): void => {
    show(typed);
    if (draft) {
      draft.text = typed;
    }
  };
  const [error, setError] = useState('');
  const attempt = (command: () => Promise<void>): void => {
    setError('');
    command().then(
      () => setText(''),
      (reason: unknown) => setError(messageOf(reason))
    );
  };
  return (
    <form
      className="crispdm-InputLine"
      onSubmit={event => {
        event.preventDefault();
        attempt(() => props.onSend(`${text}\n`));
      }}
    >
      <input
        className="crispdm-Input"
        aria-label={trans.__('Input for the job')}
        placeholder={trans.__('Input for the job: type, then Enter')}
        value={text}
        onChange={event => setText(event.target.value)}
      />
      <button className="crispdm-Button" type="submit">
        {trans.__('Send')}
      </button>
      <button
        className="crispdm-Button"
        type="button"
        title={trans.__('Tell the job that no more input will come')}
        onClick={() => attempt(props.onEnd)}
      >
        {trans.__('End of input')}
      </button>
      {error && (
        <span className="crispdm-Error" role="alert">
          {error}
        </span>
      )}
    </form>
  );
}
