import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';
import React, { useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { useFacts } from '../../components/basics/hooks';
import { FollowFrame } from '../../components/shared/presence/frame';
import type { IPresence } from '../../tokens/state';
import { PagePlace } from './place';

/** Keys that scroll, where nobody types. */
const KEYS = new Set(['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', ' ']);
const FIELDS = 'input, textarea, select, [contenteditable="true"]';

/** Have colleagues know where this page is, and the page show whom it follows, until this is disposed of. */
export function tellPage(presence: IPresence): IDisposable {
  const place = new PagePlace();
  const told = presence.locate(place);
  const shown = showFollowing(presence);
  return new DisposableDelegate(() => {
    told.dispose();
    place.dispose();
    shown.dispose();
  });
}

/** Show whom this window follows, and end it when its visitor looks elsewhere, until this is disposed of. */
export function showFollowing(presence: IPresence): IDisposable {
  const host = document.createElement('div');
  document.body.append(host);
  const root = createRoot(host);
  root.render(<Following presence={presence} />);
  return new DisposableDelegate(() => {
    root.unmount();
    host.remove();
  });
}

/** The frame while somebody is followed. Whoever scrolls themselves follows no more. */
function Following({ presence }: { presence: IPresence }): React.JSX.Element | null {
  useFacts(presence);
  const { following } = presence;
  const visitor = presence.others.find(({ session }) => session === following);
  useEffect(() => {
    return following ? onOwnScroll(() => presence.follow('')) : undefined;
  }, [following, presence]);
  return visitor ? <FollowFrame visitor={visitor} onEnd={() => presence.follow('')} /> : null;
}

/** Call when the visitor scrolls: a page that is brought elsewhere scrolls too, so what their hands do is heard. */
function onOwnScroll(call: () => void): () => void {
  const stop = new AbortController();
  const options = { capture: true, passive: true, signal: stop.signal };
  window.addEventListener('wheel', call, options);
  window.addEventListener('touchmove', call, options);
  window.addEventListener('keydown', event => isScrollKey(event) && call(), options);
  window.addEventListener('pointerdown', event => isOnScrollbar(event) && call(), options);
  return () => stop.abort();
}

function isScrollKey({ key, target }: KeyboardEvent): boolean {
  return KEYS.has(key) && !(target instanceof Element && target.closest(FIELDS));
}

function isOnScrollbar({ target, clientX }: PointerEvent): boolean {
  const isElement = target instanceof Element && target.scrollHeight > target.clientHeight;
  return isElement && clientX >= target.getBoundingClientRect().left + target.clientWidth;
}
