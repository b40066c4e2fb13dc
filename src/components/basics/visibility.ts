import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useRef,
  useSyncExternalStore
} from 'react';
import type { IFollower, Period } from '../../api';
import type { IShown } from '../../tokens/facts';

/** Whether a view can be seen. What is hidden is not drawn, and the topics that only it needs are left. */
export class Visibility {
  constructor(private _isVisible = true) {}

  get isVisible(): boolean {
    return this._isVisible;
  }

  set isVisible(isVisible: boolean) {
    if (isVisible !== this._isVisible) {
      this._isVisible = isVisible;
      this._changed.emit();
    }
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  private readonly _changed = new Signal<this, void>(this);
}

/** Whether the components below can be seen; they can where nobody says otherwise. */
export const VisibilityContext = createContext(new Visibility());

/** Whether the component can be seen now. */
export function useVisible(): boolean {
  const visibility = useContext(VisibilityContext);
  const subscribe = useCallback(
    (onChanged: () => void) => {
      const context = {};
      visibility.changed.connect(onChanged, context);
      return () => {
        visibility.changed.disconnect(onChanged, context);
      };
    },
    [visibility]
  );
  return useSyncExternalStore(subscribe, () => visibility.isVisible);
}

/** Have something come while the component can be seen, at most every `period` seconds; null as it comes. */
export function useShown(shown: IShown, period: Period = null): void {
  const isVisible = useVisible();
  const follower = useRef<IFollower | null>(null);
  const asked = useRef(period);
  asked.current = period;
  useEffect(() => {
    if (!isVisible) {
      return undefined;
    }
    const made = shown.show(asked.current);
    follower.current = made;
    return () => {
      follower.current = null;
      made.dispose();
    };
  }, [shown, isVisible]);
  useEffect(() => {
    follower.current?.change({ period });
  }, [period]);
}
