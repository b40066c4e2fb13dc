import { useEffect, useState } from 'react';
import { messageOf } from '../../../api';
import type { ISharedText, IStates } from '../../../tokens/state';
import type { IHandle } from '../../../tokens/workbench';
import { useFacts } from '../../basics/hooks';
import { NOTHING } from '../useshared';

/** A text that all write, drawn again when something about it changes; and why there is none, in words. */
export function useSharedText(
  states: IStates,
  key: string
): { shared: ISharedText | null; error: string } {
  const [held, setHeld] = useState<ISharedText | null>(null);
  const [failure, setFailure] = useState('');
  useEffect(() => {
    let handle: IHandle<ISharedText> | null = null;
    let isGone = false;
    const take = (made: IHandle<ISharedText>): void => {
      if (isGone) {
        made.dispose();
      } else {
        handle = made;
        setHeld(made.model);
      }
    };
    setFailure('');
    states.text(key).then(take, (reason: unknown) => !isGone && setFailure(messageOf(reason)));
    return () => {
      isGone = true;
      handle?.dispose();
    };
  }, [states, key]);
  const shared = held?.key === key ? held : null;
  useFacts(shared ?? NOTHING);
  return { shared, error: failure || (shared?.error ?? '') };
}
