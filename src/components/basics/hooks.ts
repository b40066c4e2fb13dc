import type { ISignal } from '@lumino/signaling';
import { useEffect, useReducer, useState } from 'react';
import type { IFacts } from '../../tokens/facts';

/** Render again when the facts change, at most once a frame. Returns a number that grows with each change. */
export function useFacts(facts: IFacts): number {
  const [revision, bump] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    let frame = 0;
    const onChanged = (): void => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        bump();
      });
    };
    const context = {};
    facts.changed.connect(onChanged, context);
    onChanged();
    return () => {
      cancelAnimationFrame(frame);
      facts.changed.disconnect(onChanged, context);
    };
  }, [facts]);
  return revision;
}

/** A value that is read from facts; renders again only when it is another one. */
export function useFact<T extends number | string | boolean>(facts: IFacts, read: () => T): T {
  const [value, setValue] = useState(read);
  useEffect(() => {
    const context = {};
    const onChanged = (): void => setValue(read);
    facts.changed.connect(onChanged, context);
    onChanged();
    return () => {
      facts.changed.disconnect(onChanged, context);
    };
    // `read` is made anew at each drawing but reads the same.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [facts]);
  return value;
}

/** Render again at once when a signal tells of what the user did: a letter that shows late is lost. */
export function useSignal(signal: ISignal<unknown, unknown>): void {
  const [, bump] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const context = {};
    const onEmit = (): void => bump();
    signal.connect(onEmit, context);
    return () => {
      signal.disconnect(onEmit, context);
    };
  }, [signal]);
}

/** The time in milliseconds, anew each second while `running`. */
export function useNow(running: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!running) {
      return undefined;
    }
    const timer = window.setInterval(() => setNow(Date.now()), 1000);
    return () => window.clearInterval(timer);
  }, [running]);
  return now;
}
