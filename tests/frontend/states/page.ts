import React from 'react';
import type { Root } from 'react-dom/client';
import { createRoot } from 'react-dom/client';
import { VIEWS } from '.';
import { pictureOf } from './scene';

/** The page that `make states` photographs: it shows one state after another. */
const frame = document.getElementById('frame')!;
let shown: Root | null = null;

const wait = (milliseconds: number): Promise<void> =>
  new Promise(resolve => window.setTimeout(resolve, milliseconds));

/** What there is to show. */
function listStates(): object[] {
  return VIEWS.flatMap(view =>
    Object.keys(view.scenes).map(scene => ({
      view: view.name,
      scene,
      picture: pictureOf(view, scene),
      width: view.width,
      height: view.height
    }))
  );
}

/** Show one state, and do what somebody does before one looks. */
async function showState(name: string, scene: string): Promise<void> {
  const view = VIEWS.find(one => one.name === name)!;
  shown?.unmount();
  frame.replaceChildren();
  frame.style.width = `${view.width}px`;
  frame.style.height = `${view.height}px`;
  shown = createRoot(frame);
  shown.render(React.createElement(view.scenes[scene].element));
  const { act, settles = 0 } = view.scenes[scene];
  await wait(60);
  act?.(frame);
  await wait(60 + settles);
}

Object.assign(window, { listStates, showState });
