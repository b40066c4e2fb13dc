import { Signal } from '@lumino/signaling';
import { useEffect, useState } from 'react';
import type { IFacts } from '../../tokens/facts';
import type { IState, IStates } from '../../tokens/state';
import { useFacts } from '../basics/hooks';

/** A value that all share, drawn again when it changes; null in the moment before it is followed. */
export function useShared<T>(states: IStates, key: string): IState<T> | null {
  const [held, setHeld] = useState<IState<T> | null>(null);
  useEffect(() => {
    const handle = states.state<T>(key);
    setHeld(handle.model);
    return () => handle.dispose();
  }, [states, key]);
  const model = held?.key === key ? held : null;
  useFacts(model ?? NOTHING);
  return model;
}

/** Facts that never come. */
export const NOTHING: IFacts = Object.assign(
  { isReady: false, error: '', isDisposed: false },
  {
    dispose: () => undefined,
    changed: new Signal<IFacts, void>({} as IFacts)
  }
);
