import { useMemo, useState } from 'react';
import type { ILog } from '../../tokens/logs';
import type { IMatch } from './search';
import { LogSearch } from './search';

/** A search in a log: what is looked for, what was found, and at which place the reader is. */
export interface ILogFind {
  search: LogSearch;
  current: IMatch | null;
  /** The number of the place where the reader is, from 0; -1 when it is at none. */
  at: number;
  setText: (text: string) => void;
  /** Go to the next place, or the one before, round the ends. */
  go: (step: 1 | -1) => void;
}

/** Searches a log while one types, and goes on as it grows. `onFound` shows a line. */
export function useLogFind(
  log: ILog,
  revision: number,
  onFound: (index: number) => void,
  firstVisible: () => number
): ILogFind {
  const [search, setSearch] = useState(() => new LogSearch(''));
  const [current, setCurrent] = useState<IMatch | null>(null);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the revision tells of new lines
  useMemo(() => search.update(log), [search, log, revision]);
  const show = (match: IMatch | undefined): void => {
    setCurrent(match ?? null);
    if (match) {
      onFound(match.key - log.key(0));
    }
  };
  const at = search.indexOf(current);
  return {
    search,
    current,
    at,
    setText: text => {
      const next = new LogSearch(text);
      next.update(log);
      setSearch(next);
      show(next.matches[next.after(current ?? { key: log.key(firstVisible()), start: 0 })]);
    },
    go: step => {
      const { length } = search.matches;
      const start = at < 0 && step < 0 ? length : at;
      show(search.matches[(start + step + length) % length]);
    }
  };
}
