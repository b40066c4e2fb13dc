import React, { useState } from 'react';
import type { ILog } from '../tokens';
import { useTrans } from './context';

/** What the toolbar of a log shows and does. */
export interface ILogToolbarProps {
  log: ILog;
  follows: boolean;
  onFollow: (follows: boolean) => void;
  onFound: (index: number) => void;
  downloadUrl?: string;
}

/** Search, follow or pause, and download. */
export function LogToolbar(props: ILogToolbarProps): React.JSX.Element {
  const { log, follows, onFollow, downloadUrl } = props;
  const trans = useTrans();
  return (
    <div className="crispdm-Toolbar" role="toolbar" aria-label={trans.__('Log tools')}>
      <Search {...props} />
      <span className="crispdm-Toolbar-note">
        {trans._n('%2 line', '%2 lines', log.length, log.length.toLocaleString())}
      </span>
      <button
        className="crispdm-Button"
        aria-pressed={follows}
        onClick={() => onFollow(!follows)}
        title={trans.__('Keep the newest line in sight')}
      >
        {follows ? trans.__('Pause') : trans.__('Follow')}
      </button>
      {downloadUrl && (
        <a className="crispdm-Button" href={downloadUrl} download>
          {trans.__('Download')}
        </a>
      )}
    </div>
  );
}

/** Enter goes to the next line that holds the text, Shift+Enter to the one before. */
function Search({ log, onFound }: ILogToolbarProps): React.JSX.Element {
  const trans = useTrans();
  const [text, setText] = useState('');
  const [at, setAt] = useState<number | null>(null);
  const isMissing = text !== '' && at === -1;
  const search = (step: 1 | -1): void => {
    const start = at === null || at < 0 ? log.key(step > 0 ? -1 : log.length) : at;
    const found = findLine(log, text, start - log.key(0), step);
    setAt(found < 0 ? -1 : log.key(found));
    if (found >= 0) {
      onFound(found);
    }
  };
  return (
    <input
      className="crispdm-Input"
      type="search"
      placeholder={trans.__('Search the log')}
      aria-label={trans.__('Search the log')}
      aria-invalid={isMissing}
      title={isMissing ? trans.__('Not found') : trans.__('Enter: next; Shift+Enter: previous')}
      value={text}
      onChange={event => {
        setText(event.target.value);
        setAt(null);
      }}
      onKeyDown={event => event.key === 'Enter' && text && search(event.shiftKey ? -1 : 1)}
    />
  );
}

/** The number of the next line that holds a text, going round the end; -1 when none does. */
function findLine(log: ILog, text: string, start: number, step: 1 | -1): number {
  const wanted = text.toLowerCase();
  for (let count = 1; count <= log.length; count++) {
    const index = (((start + step * count) % log.length) + log.length) % log.length;
    if (log.line(index).toLowerCase().includes(wanted)) {
      return index;
    }
  }
  return -1;
}
