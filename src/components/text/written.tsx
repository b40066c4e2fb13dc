import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useLayoutEffect, useRef } from 'react';
import { useTrans } from '../basics/context';
import type { IWriting, IWritten } from './usewriting';

const NEAR = 40;

/** What the model writes, behind the prompt; it stays at its end unless somebody scrolls back. */
export function WrittenText({ written, isBusy }: IWriting): React.JSX.Element | null {
  const trans = useTrans();
  const sheet = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  useLayoutEffect(() => {
    if (sheet.current && follows.current) {
      sheet.current.scrollTop = sheet.current.scrollHeight;
    }
  }, [written.text]);
  const { prompt, text, error } = written;
  if (!isBusy && !text && !written.ending) {
    return <p className="crispdm-Hint">{trans.__('What the model writes appears here.')}</p>;
  }
  return (
    <>
      <div
        className="crispdm-Text-sheet"
        ref={sheet}
        role="region"
        tabIndex={0}
        aria-label={trans.__('What the model wrote')}
        aria-live="polite"
        aria-busy={isBusy}
        data-busy={isBusy || undefined}
        onScroll={({ currentTarget: one }) => {
          follows.current = one.scrollHeight - one.scrollTop - one.clientHeight < NEAR;
        }}
      >
        <span className="crispdm-Text-given">{prompt}</span>
        {text}
      </div>
      {error ? (
        <p className="crispdm-Error" role="alert">
          {error}
        </p>
      ) : (
        <p className="crispdm-Hint" role="status">
          {said(trans, written, isBusy)}
        </p>
      )}
    </>
  );
}

/** How far the text is, or how it ended. */
function said(trans: TranslationBundle, { text, ending }: IWritten, isBusy: boolean): string {
  const count = text.length.toLocaleString();
  if (isBusy) {
    return trans.__('Writing… %1 characters so far.', count);
  }
  switch (ending) {
    case 'length':
      return trans.__('%1 characters: as long as you asked for.', count);
    case 'stopped':
      return trans.__('Stopped after %1 characters.', count);
    default:
      return trans.__('%1 characters.', count);
  }
}
