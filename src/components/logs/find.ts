import { useEffect, useReducer, useRef, useState } from 'react';
import type { ILog, ILogQuery } from '../../tokens/logs';
import type { IPlace } from './search';
import { LogSearch, NO_QUERY } from './search';

/** Milliseconds between a letter and the search, where more letters came just before. */
const PATIENCE = 120;
/** Letters that come closer than this, in milliseconds, are typed in one go. */
const TYPING = 400;

/** A search in a log: what is looked for, what was found, and at which place the reader is. */
export interface ILogFind {
  /** What stands in the box; searched for as soon as the reader stops typing. */
  query: ILogQuery;
  search: LogSearch;
  current: IPlace | null;
  /** The number of the place where the reader is, from 0; -1 when it is at none. */
  at: number;
  setQuery: (change: Partial<ILogQuery>) => void;
  /** Go to the next place, or the one before, round the ends. */
  go: (step: 1 | -1) => void;
}

/** Searches a whole log while one types, and goes on as it grows. `onFound` shows a place. */
export function useLogFind(
  log: ILog,
  onFound: (place: IPlace) => void,
  firstVisible: () => number
): ILogFind {
  const [query, setWanted] = useState(NO_QUERY);
  const [at, setAt] = useState(-1);
  const [, bump] = useReducer((count: number) => count + 1, 0);
  const [search, setSearch] = useState(() => new LogSearch(log, NO_QUERY, bump));
  const isShown = useRef(true);
  const typed = useRef(-Infinity);
  useEffect(() => {
    const begin = (): void => {
      isShown.current = query.text === '';
      setAt(-1);
      setSearch(new LogSearch(log, query, bump));
    };
    const now = performance.now();
    const wait = now - typed.current < TYPING ? PATIENCE : 0;
    typed.current = query.text === '' ? -Infinity : now;
    const timer = window.setTimeout(begin, wait);
    return () => window.clearTimeout(timer);
  }, [log, query]);
  useEffect(() => () => search.dispose(), [search]);
  const { places } = search;
  const show = (number: number): void => {
    setAt(number);
    onFound(places[number]);
  };
  useEffect(() => {
    // The first place after what the reader sees is shown by itself, once.
    if (!isShown.current && places.length > 0) {
      isShown.current = true;
      show(search.after(firstVisible()));
    }
  });
  return {
    query,
    search,
    at,
    current: places[at] ?? null,
    setQuery: change => setWanted({ ...query, ...change }),
    go: step => {
      if (step > 0 && at === places.length - 1 && search.isCut) {
        void search.more().then(() => search.places.length > at + 1 && show(at + 1));
      } else if (places.length > 0) {
        const start = at < 0 && step < 0 ? places.length : at;
        show((start + step + places.length) % places.length);
      }
    }
  };
}
