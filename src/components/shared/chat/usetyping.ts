import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { Visitor } from '../../../api/state';
import type { IPresence } from '../../../tokens/state';
import { useFacts } from '../../basics/hooks';
import { useShown } from '../../basics/visibility';

/** Whoever has not typed for so long, in milliseconds, does not write any more. */
const PAUSE = 3000;

/** Who writes in a room, and a way to tell the others that somebody does here. */
export function useTyping(
  presence: IPresence,
  room: string,
  me: string
): { names: readonly string[]; tell: () => void; stop: () => void } {
  useShown(presence);
  useFacts(presence);
  const timer = useRef(0);
  const stop = useCallback(() => {
    if (timer.current !== 0) {
      window.clearTimeout(timer.current);
      timer.current = 0;
      presence.move({ selection: null });
    }
  }, [presence]);
  const tell = useCallback(() => {
    if (timer.current === 0) {
      presence.move({ selection: { typing: room } });
    }
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(stop, PAUSE);
  }, [presence, room, stop]);
  useEffect(() => stop, [stop, room]);
  const names = presence.others.filter(one => isTyping(one, room)).map(({ user }) => user);
  const told = [...new Set(names)].filter(name => name !== me).join('\n');
  return useMemo(() => ({ names: told ? told.split('\n') : [], tell, stop }), [told, tell, stop]);
}

function isTyping({ selection }: Visitor, room: string): boolean {
  return (selection as { typing?: unknown } | null)?.typing === room;
}
