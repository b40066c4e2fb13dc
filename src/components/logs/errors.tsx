import React, { useEffect, useRef, useState } from 'react';
import { messageOf } from '../../api';
import type { ILog, ILogError } from '../../tokens/logs';
import { useTrans } from '../basics/context';

/** What is known of the errors of a log. */
interface IErrors {
  found: readonly ILogError[];
  /** The number of the one that the reader is at; -1 before the first. */
  at: number;
  isSearching: boolean;
  /** Whether the end of the log was reached. */
  isAll: boolean;
  trouble: string;
}

const NONE: IErrors = { found: [], at: -1, isSearching: false, isAll: false, trouble: '' };

/** A button that leads to the first error of a log, and then from one to the next. */
export function ErrorJump(props: {
  log: ILog;
  onShow: (error: ILogError) => void;
}): React.JSX.Element {
  const { log, onShow } = props;
  const trans = useTrans();
  const [errors, setErrors] = useState(NONE);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => {
    setErrors(NONE);
    return () => stop.current?.abort();
  }, [log, log.beginnings]);
  const next = async (): Promise<void> => {
    const at = errors.at + 1;
    let { found } = errors;
    if (at >= found.length) {
      const { signal } = (stop.current = new AbortController());
      setErrors({ ...errors, isSearching: true, trouble: '' });
      try {
        found = [...found, ...(await later(log, found.at(-1), signal))];
      } catch (error) {
        if (!signal.aborted) {
          setErrors({ ...errors, isSearching: false, trouble: messageOf(error) });
        }
        return;
      }
      if (signal.aborted) {
        return; // the log began anew, or is another one
      }
    }
    const isAll = at >= found.length;
    // After the last one comes the first again.
    const shown = isAll && found.length > 0 ? 0 : at;
    setErrors({ found, at: isAll ? shown : at, isSearching: false, isAll, trouble: '' });
    if (found.length > 0) {
      onShow(found[shown]);
    }
  };
  const note = noteOf(errors, trans);
  return (
    <>
      <button
        className="crispdm-Button"
        disabled={errors.isSearching}
        title={trans.__('Go to the first error or traceback, then to the next')}
        onClick={() => void next()}
      >
        {errors.found.length > 0 ? trans.__('Next error') : trans.__('First error')}
      </button>
      {note !== '' && (
        <span className="crispdm-Toolbar-note" role="status">
          {note}
        </span>
      )}
    </>
  );
}

function noteOf(errors: IErrors, trans: ReturnType<typeof useTrans>): string {
  const { found, at, isSearching, isAll, trouble } = errors;
  if (trouble !== '') {
    return trouble;
  }
  if (isSearching) {
    return trans.__('Looking…');
  }
  if (found.length === 0) {
    return isAll ? trans.__('No errors') : '';
  }
  const number = (at + 1).toLocaleString();
  return isAll ? trans.__('%1 of %2', number, found.length.toLocaleString()) : number;
}

/** Errors after one; none where it is the last. */
async function later(
  log: ILog,
  last: ILogError | undefined,
  signal: AbortSignal
): Promise<ILogError[]> {
  let begin: number | null = last ? last.at + 1 : 0;
  while (begin !== null) {
    const found = await log.errors(begin, signal);
    const news = found.found.filter(({ at }) => at > (last?.at ?? -1));
    if (news.length > 0) {
      return news;
    }
    begin = found.next;
  }
  return [];
}
