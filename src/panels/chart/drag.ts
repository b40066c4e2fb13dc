import { MimeData } from '@lumino/coreutils';
import { Drag } from '@lumino/dragdrop';
import type { Widget } from '@lumino/widgets';

/** What Lab's main area asks a dragged thing for. */
const FACTORY = 'application/vnd.lumino.widget-factory';
/** A pointer that moved less, in pixels, has not begun to drag. */
const STILL = 5;

/**
 * Let something be dragged to a place in the main area, once the pointer moves.
 *
 * `make` is called when the drag begins; what it made is disposed of where it was dropped nowhere. Answers a function
 * that ends the waiting for a drag.
 */
export function dragOut(
  begin: { clientX: number; clientY: number; button: number },
  label: string,
  make: () => Promise<Widget>
): () => void {
  if (begin.button !== 0) {
    return () => undefined;
  }
  const onMove = ({ clientX, clientY }: PointerEvent): void => {
    if (Math.hypot(clientX - begin.clientX, clientY - begin.clientY) >= STILL) {
      stop();
      void drag(clientX, clientY, label, make);
    }
  };
  const stop = (): void => {
    document.removeEventListener('pointermove', onMove);
    document.removeEventListener('pointerup', stop);
  };
  document.addEventListener('pointermove', onMove);
  document.addEventListener('pointerup', stop);
  return stop;
}

async function drag(
  clientX: number,
  clientY: number,
  label: string,
  make: () => Promise<Widget>
): Promise<void> {
  let made: Widget | null = null;
  const making = make().then(widget => void (made = widget));
  const mimeData = new MimeData();
  mimeData.setData(FACTORY, () => made);
  const dragImage = document.createElement('div');
  dragImage.className = 'crispdm-Chart-dragged';
  dragImage.textContent = label;
  const moving = new Drag({
    mimeData,
    dragImage,
    proposedAction: 'move',
    supportedActions: 'move'
  });
  await Promise.all([moving.start(clientX, clientY), making]);
  moving.dispose();
  const widget = made as Widget | null;
  if (widget && !widget.isAttached) {
    widget.dispose();
  }
}
