import { useEffect, useMemo, useState } from 'react';
import { own } from '../../../api/own';

/** The browser keeps what somebody has read under this name. */
const STORE = 'jupyter-crispdm:chat-read';

type Read = Readonly<Record<string, string>>;

/** The rooms in which somebody else said something that was not read here. What is open is read. */
export function useUnread(props: {
  latest: Readonly<Record<string, unknown>> | undefined;
  open: string;
  last: string | undefined;
  me: string;
}): ReadonlySet<string> {
  const { latest, open, last, me } = props;
  const [read, setRead] = useState<Read>(() => load(me));
  useEffect(() => setRead(load(me)), [me]);
  useEffect(() => {
    if (last && me) {
      setRead(known => {
        const next = { ...known, [open]: last };
        window.localStorage.setItem(`${STORE}:${me}`, JSON.stringify(next));
        return next;
      });
    }
  }, [open, last, me]);
  return useMemo(() => {
    const unread = Object.entries(latest ?? {}).filter(([room, value]) => {
      const { message, by } = (value ?? {}) as { message?: unknown; by?: unknown };
      return room !== open && by !== me && message !== own(read, room);
    });
    return new Set(unread.map(([room]) => room));
  }, [latest, read, open, me]);
}

function load(me: string): Read {
  try {
    const kept: unknown = JSON.parse(window.localStorage.getItem(`${STORE}:${me}`) ?? '{}');
    return typeof kept === 'object' && kept !== null ? (kept as Read) : {};
  } catch {
    return {};
  }
}
