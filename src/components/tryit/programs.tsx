import React from 'react';
import { useTrans } from '../basics/context';
import { snippets } from './snippets';

interface IProps {
  url: string;
  /** What is sent, as JSON. */
  body: unknown;
  /** The part of the answer that is printed. */
  part: string;
}

/** Programs that ask the same as a form did, to be copied. */
export function Programs({ url, body, part }: IProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <details className="crispdm-TryModel-programs">
      <summary>{trans.__('Ask the same from a program')}</summary>
      {snippets(url, body, part).map(([language, text]) => (
        <figure key={language}>
          <figcaption>
            {language}{' '}
            <button
              className="crispdm-Button"
              aria-label={trans.__('Copy the program in %1', language)}
              onClick={() => void navigator.clipboard.writeText(text)}
            >
              {trans.__('Copy')}
            </button>
          </figcaption>
          <pre className="crispdm-Code">{text}</pre>
        </figure>
      ))}
    </details>
  );
}
