import React, { useEffect, useRef } from 'react';
import { nameOf } from '../../api/files/paths';
import type { Conflict } from '../../tokens/files';
import { useTrans } from '../basics/context';
import { IconButton } from './icons';
import type { IQuestion } from './browsing/deeds';
import { useBrowser } from './shared';

/** What was done last, or why it was not; with a way back where there is one. */
export function Notice(): React.JSX.Element | null {
  const { deeds } = useBrowser();
  const { notice } = deeds;
  const trans = useTrans();
  return (
    <div className="crispdm-FileNotice-place" role="status">
      {notice && (
        <div
          className="crispdm-FileNotice"
          data-bad={notice.isBad}
          role={notice.isBad ? 'alert' : undefined}
        >
          <span>{notice.text}</span>
          {notice.undo && (
            <button type="button" className="crispdm-Button" onClick={notice.undo}>
              {trans.__('Undo')}
            </button>
          )}
          <IconButton icon="close" label={trans.__('Close')} onClick={() => deeds.dismiss()} />
        </div>
      )}
    </div>
  );
}

/** So many names are listed of those that are taken. */
const NAMED = 3;

/** Asks what happens to files whose names are taken, once for all of them. */
export function ConflictQuestion({ question }: { question: IQuestion }): React.JSX.Element {
  const { taken, count, answer } = question;
  const trans = useTrans();
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), [question]);
  const names = taken.slice(0, NAMED).map(nameOf).join(', ');
  const more = taken.length - NAMED;
  const answers: readonly (readonly [Conflict | null, string])[] = [
    ['keep', trans.__('Keep both')],
    ['replace', trans.__('Replace')],
    ...(count > taken.length ? ([['skip', trans.__('Skip these')]] as const) : []),
    [null, trans.__('Cancel')]
  ];
  return (
    <div
      className="crispdm-FileQuestion"
      role="alertdialog"
      aria-label={trans.__('Names are taken')}
      onKeyDown={event => event.key === 'Escape' && answer(null)}
    >
      <p>
        {trans._n(
          '“%2” is already here.',
          '%1 of these names are already here: %2',
          taken.length,
          names
        )}
        {more > 0 && ` ${trans._n('and one more', 'and %1 more', more)}`}
      </p>
      <div className="crispdm-FileQuestion-answers">
        {answers.map(([conflict, label], at) => (
          <button
            key={label}
            ref={at === 0 ? first : undefined}
            type="button"
            className={`crispdm-Button${conflict === 'replace' ? ' crispdm-mod-warn' : ''}`}
            onClick={() => answer(conflict)}
          >
            {label}
          </button>
        ))}
      </div>
    </div>
  );
}
