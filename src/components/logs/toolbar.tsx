import React from 'react';
import type { ILog } from '../../tokens/logs';
import { useTrans } from '../basics/context';
import type { ILogFind } from './find';

/** What the toolbar of a log shows and does. */
export interface ILogToolbarProps {
  log: ILog;
  find: ILogFind;
  box: React.RefObject<HTMLInputElement>;
  follows: boolean;
  onFollow: (follows: boolean) => void;
  /** Called when the reader is done with searching. */
  onLeave: () => void;
  downloadUrl?: string;
}

/** Search, follow or pause, and download. A log that is over has nothing to follow. */
export function LogToolbar(props: ILogToolbarProps): React.JSX.Element {
  const { log, follows, onFollow, downloadUrl } = props;
  const trans = useTrans();
  return (
    <div className="crispdm-Toolbar" role="toolbar" aria-label={trans.__('Log tools')}>
      <Search {...props} />
      <span className="crispdm-Toolbar-note">
        {trans._n('%2 line', '%2 lines', log.length, log.length.toLocaleString())}
      </span>
      {!log.isEnded && (
        <button
          className="crispdm-Button"
          aria-pressed={follows}
          onClick={() => onFollow(!follows)}
          title={trans.__('Keep the newest line in sight')}
        >
          {follows ? trans.__('Pause') : trans.__('Follow')}
        </button>
      )}
      {downloadUrl && (
        <a className="crispdm-Button" href={downloadUrl} download>
          {trans.__('Download')}
        </a>
      )}
    </div>
  );
}

/** Enter goes to the next place, Shift+Enter to the one before, Escape back to the log. */
function Search({ find, box, onLeave }: ILogToolbarProps): React.JSX.Element {
  const trans = useTrans();
  const { search, go, setText } = find;
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'Enter') {
      event.preventDefault();
      go(event.shiftKey ? -1 : 1);
    } else if (event.key === 'Escape') {
      setText('');
      onLeave();
    }
  };
  return (
    <div className="crispdm-Log-search" role="search">
      <input
        className="crispdm-Input"
        type="search"
        ref={box}
        placeholder={trans.__('Search the log')}
        aria-label={trans.__('Search the log')}
        aria-keyshortcuts="Control+F"
        aria-invalid={search.text !== '' && search.matches.length === 0}
        value={search.text}
        onChange={event => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {search.text !== '' && <Places find={find} />}
    </div>
  );
}

/** How many places there are, and the way from one to the next. */
function Places({ find }: { find: ILogFind }): React.JSX.Element {
  const trans = useTrans();
  const { search, at, go } = find;
  const { length } = search.matches;
  const total = length.toLocaleString() + (search.isCut ? '+' : '');
  const count = at < 0 ? total : trans.__('%1 of %2', (at + 1).toLocaleString(), total);
  return (
    <>
      <span className="crispdm-Toolbar-note" role="status">
        {length === 0 ? trans.__('Not found') : count}
      </span>
      <button
        className="crispdm-Button"
        disabled={length === 0}
        aria-label={trans.__('Previous match')}
        title={trans.__('Previous match (Shift+Enter)')}
        onClick={() => go(-1)}
      >
        ↑
      </button>
      <button
        className="crispdm-Button"
        disabled={length === 0}
        aria-label={trans.__('Next match')}
        title={trans.__('Next match (Enter)')}
        onClick={() => go(1)}
      >
        ↓
      </button>
    </>
  );
}

/** Whether a key asks for a search, as it does in every program. */
export function isFindKey(event: React.KeyboardEvent | KeyboardEvent): boolean {
  return (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'f';
}
