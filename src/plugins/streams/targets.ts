import type { JupyterFrontEnd } from '@jupyterlab/application';

/** The stream whose row is under the mouse; empty when there is none. */
export function streamUnderMouse(app: JupyterFrontEnd): string {
  const hit = app.contextMenuHitTest(node => Boolean(node.dataset.streamId));
  return hit?.dataset.streamId ?? '';
}
