import React, { useEffect, useRef, useState } from 'react';
import { splitName } from '../../../api/files/paths';
import { useTrans } from '../../basics/context';
import { halvesOf, problemWith } from '../names';

/** A name of which the middle is left out where room is short: its end tells files apart. */
export function FileName({ name }: { name: string }): React.JSX.Element {
  const [head, tail] = halvesOf(name);
  return (
    <span className="crispdm-FileName" title={name}>
      <span className="crispdm-FileName-head">{head}</span>
      {tail && <span className="crispdm-FileName-tail">{tail}</span>}
    </span>
  );
}

/** A name as it is typed: Enter or a click elsewhere means it, Escape leaves it as it was. */
export function NameInput(props: {
  label: string;
  name: string;
  isTaken: (name: string) => boolean;
  onDone: (name: string) => void;
  onLeft: () => void;
}): React.JSX.Element {
  const { label, name, isTaken, onDone, onLeft } = props;
  const trans = useTrans();
  const [text, setText] = useState(name);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    input.current?.focus();
    input.current?.setSelectionRange(0, splitName(name)[0].length);
  }, [name]);
  const problem = text === name ? '' : problemWith(trans, text, isTaken);
  const isOver = useRef(false);
  // An input that goes away while it has the focus may tell that it lost it.
  const end = (how: () => void): void => {
    if (!isOver.current) {
      isOver.current = true;
      how();
    }
  };
  const mean = (): void => end(() => onDone(text));
  return (
    <span className="crispdm-NameInput">
      <input
        ref={input}
        className="crispdm-Input"
        aria-label={label}
        aria-invalid={problem !== ''}
        title={problem}
        value={text}
        spellCheck={false}
        onChange={event => setText(event.target.value)}
        onBlur={() => (problem ? end(onLeft) : mean())}
        onKeyDown={event => {
          event.stopPropagation();
          if (event.key === 'Enter' && problem === '') {
            mean();
          } else if (event.key === 'Escape') {
            end(onLeft);
          }
        }}
        onClick={event => event.stopPropagation()}
        onDoubleClick={event => event.stopPropagation()}
      />
      {problem && (
        <small className="crispdm-Error" role="alert">
          {problem}
        </small>
      )}
    </span>
  );
}
