import React from 'react';
import type { ILog, ILogError } from '../../tokens/logs';
import { useTrans } from '../basics/context';
import { formatBytes } from '../basics/format';
import { ErrorJump } from './errors';
import type { ILogFind } from './find';
import type { LogReader } from './reader';

/** Signs that stand in every program for what is searched. */
const CASE_SIGN = 'Aa';
const PATTERN_SIGN = '.*';

/** How a log is shown. */
export interface ILogLook {
  /** Whether each line tells when it was printed. */
  times: boolean;
  /** Whether lines that are repeated are shown once. */
  folds: boolean;
}

/** What the toolbar of a log shows and does. */
export interface ILogToolbarProps {
  log: ILog;
  reader: LogReader;
  find: ILogFind;
  box: React.RefObject<HTMLInputElement>;
  look: ILogLook;
  onLook: (change: Partial<ILogLook>) => void;
  follows: boolean;
  onFollow: (follows: boolean) => void;
  onError: (error: ILogError) => void;
  /** Called when the reader is done with searching. */
  onLeave: () => void;
  /** Opens the rules by which curves are read out of the log. */
  onRules?: () => void;
  downloadUrl?: string;
}

/** Search, errors, times, folding, follow or pause, and download. A log that is over has nothing to follow. */
export function LogToolbar(props: ILogToolbarProps): React.JSX.Element {
  const { log, reader, look, onLook, onError, onRules, downloadUrl } = props;
  const trans = useTrans();
  return (
    <div className="crispdm-Toolbar" role="toolbar" aria-label={trans.__('Log tools')}>
      <Search {...props} />
      <ErrorJump log={log} onShow={onError} />
      <button
        className="crispdm-Button"
        aria-pressed={look.times}
        title={trans.__('Show when each line was printed')}
        onClick={() => onLook({ times: !look.times })}
      >
        {trans.__('Times')}
      </button>
      <button
        className="crispdm-Button"
        aria-pressed={look.folds}
        title={trans.__('Show lines that are repeated once')}
        onClick={() => onLook({ folds: !look.folds })}
      >
        {trans.__('Fold')}
      </button>
      {onRules && (
        <button
          className="crispdm-Button"
          title={trans.__('Which curves are read out of this log')}
          onClick={onRules}
        >
          {trans.__('Rules')}
        </button>
      )}
      <span className="crispdm-Toolbar-note">{noteOf(log, reader, trans)}</span>
      <Follow {...props} />
      {downloadUrl && (
        <a className="crispdm-Button" href={downloadUrl} download>
          {trans.__('Download')}
        </a>
      )}
    </div>
  );
}

function noteOf(log: ILog, reader: LogReader, trans: ReturnType<typeof useTrans>): string {
  if (reader.isLoading) {
    return trans.__('Loading…');
  }
  const isWhole = reader.isAtTail && log.start === 0;
  return isWhole
    ? trans._n('%2 line', '%2 lines', log.length, log.length.toLocaleString())
    : formatBytes(log.size);
}

function Follow(props: ILogToolbarProps): React.JSX.Element | null {
  const { log, reader, follows, onFollow } = props;
  const trans = useTrans();
  if (log.isEnded) {
    return reader.isAtTail ? null : (
      <button className="crispdm-Button" onClick={() => onFollow(true)}>
        {trans.__('To the end')}
      </button>
    );
  }
  return (
    <button
      className="crispdm-Button"
      aria-pressed={follows}
      onClick={() => onFollow(!follows)}
      title={trans.__('Keep the newest line in sight')}
    >
      {follows ? trans.__('Pause') : trans.__('Follow')}
    </button>
  );
}

/** Enter goes to the next place, Shift+Enter to the one before, Escape back to the log. */
function Search({ find, box, onLeave }: ILogToolbarProps): React.JSX.Element {
  const trans = useTrans();
  const { search, query, go, setQuery } = find;
  const isMissing = search.query.text !== '' && !search.isRunning && search.places.length === 0;
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'Enter') {
      event.preventDefault();
      go(event.shiftKey ? -1 : 1);
    } else if (event.key === 'Escape') {
      setQuery({ text: '' });
      onLeave();
    }
  };
  return (
    <div className="crispdm-Log-search" role="search">
      <input
        className="crispdm-Input"
        type="search"
        ref={box}
        maxLength={1000}
        placeholder={trans.__('Search the log')}
        aria-label={trans.__('Search the log')}
        aria-keyshortcuts="Control+F"
        aria-invalid={isMissing || search.trouble !== ''}
        value={query.text}
        onChange={event => setQuery({ text: event.target.value })}
        onKeyDown={onKeyDown}
      />
      <button
        className="crispdm-Button"
        aria-pressed={query.matchCase}
        aria-label={trans.__('Match case')}
        title={trans.__('Match case')}
        onClick={() => setQuery({ matchCase: !query.matchCase })}
      >
        {CASE_SIGN}
      </button>
      <button
        className="crispdm-Button"
        aria-pressed={query.regex}
        aria-label={trans.__('Pattern')}
        title={trans.__('Search for a pattern (regular expression)')}
        onClick={() => setQuery({ regex: !query.regex })}
      >
        {PATTERN_SIGN}
      </button>
      {search.query.text !== '' && <Places find={find} />}
    </div>
  );
}

/** How many places there are, and the way from one to the next. */
function Places({ find }: { find: ILogFind }): React.JSX.Element {
  const trans = useTrans();
  const { search, go } = find;
  const { length } = search.places;
  return (
    <>
      <span className="crispdm-Toolbar-note" role="status" title={search.trouble}>
        {countOf(find, trans)}
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

function countOf({ search, at }: ILogFind, trans: ReturnType<typeof useTrans>): string {
  const { length } = search.places;
  if (search.trouble !== '') {
    return search.trouble;
  }
  if (length === 0) {
    return search.isRunning ? trans.__('Searching…') : trans.__('Not found');
  }
  const total = length.toLocaleString() + (search.isCut ? '+' : search.isRunning ? '…' : '');
  return at < 0 ? total : trans.__('%1 of %2', (at + 1).toLocaleString(), total);
}

/** Whether a key asks for a search, as it does in every program. */
export function isFindKey(event: React.KeyboardEvent | KeyboardEvent): boolean {
  return (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'f';
}
