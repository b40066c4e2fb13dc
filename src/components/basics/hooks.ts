import type { ISignal } from '@lumino/signaling';
import { useEffect, useReducer, useState } from 'react';
import type { IFacts } from '../../tokens/facts';
import { useVisible } from './visibility';

/**
 * Render again when the facts change, at most once a frame, and while the component can be seen.
 *
 * With a pause, at most once in so many milliseconds. Returns a number that grows with each change.
 */
export function useFacts(facts: IFacts, pause = 0): number {
  const [revision, bump] = useReducer((count: number) => count + 1, 0);
  const isVisible = useVisible();
  useEffect(() => {
    if (!isVisible) {
      return undefined;
    }
    const later = new Later(bump, pause);
    const context = {};
    const onChanged = (): void => later.ask();
    facts.changed.connect(onChanged, context);
    onChanged();
    return () => {
      later.cancel();
      facts.changed.disconnect(onChanged, context);
    };
  }, [facts, pause, isVisible]);
  return revision;
}

/** A call that is made with the next frame, once however often it is asked for, and then not for a while. */
class Later {
  constructor(
    private readonly _call: () => void,
    private readonly _pause: number
  ) {}

  ask(): void {
    if (this._timer !== 0) {
      this._isAskedAgain = true;
    } else {
      this._frame ||= requestAnimationFrame(() => this._run());
    }
  }

  cancel(): void {
    cancelAnimationFrame(this._frame);
    window.clearTimeout(this._timer);
  }

  private _run(): void {
    this._frame = 0;
    this._call();
    if (this._pause > 0) {
      this._timer = window.setTimeout(() => this._rested(), this._pause);
    }
  }

  private _rested(): void {
    this._timer = 0;
    if (this._isAskedAgain) {
      this._isAskedAgain = false;
      this.ask();
    }
  }

  private _frame = 0;
  private _timer = 0;
  private _isAskedAgain = false;
}

/** A value that is read from facts; renders again only when it is another one, while it can be seen. */
export function useFact<T extends number | string | boolean>(
  facts: { readonly changed: ISignal<unknown, unknown> },
  read: () => T
): T {
  const [value, setValue] = useState(read);
  const isVisible = useVisible();
  useEffect(() => {
    if (!isVisible) {
      return undefined;
    }
    const context = {};
    const onChanged = (): void => setValue(read);
    facts.changed.connect(onChanged, context);
    onChanged();
    return () => {
      facts.changed.disconnect(onChanged, context);
    };
    // `read` is made anew at each drawing but reads the same.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [facts, isVisible]);
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
  const isVisible = useVisible();
  useEffect(() => {
    if (!running || !isVisible) {
      return undefined;
    }
    setNow(Date.now());
    const timer = window.setInterval(() => setNow(Date.now()), 1000);
    return () => window.clearInterval(timer);
  }, [running, isVisible]);
  return now;
}

/** A number that changes when Lab's theme does: a canvas does not follow the style sheet by itself. */
export function useTheme(): number {
  const [theme, setTheme] = useState(0);
  useEffect(() => {
    const observer = new MutationObserver(() => setTheme(count => count + 1));
    observer.observe(document.body, {
      attributes: true,
      attributeFilter: ['data-jp-theme-light', 'data-jp-theme-name']
    });
    return () => observer.disconnect();
  }, []);
  return theme;
}
