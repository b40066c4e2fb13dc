import { MimeData } from '@lumino/coreutils';
import { Drag } from '@lumino/dragdrop';
import { DockPanel, Widget } from '@lumino/widgets';

/** What Lab's main area asks a dragged thing for. */
const FACTORY = 'application/vnd.lumino.widget-factory';
/** A pointer that moved less, in pixels, has not begun to drag. */
const STILL = 5;

/**
 * Let something be dragged to a place in the main area, once the pointer moves.
 *
 * `make` is called when the drag begins; where it is dropped before that is done, it follows. What was dropped nowhere
 * is disposed of. Answers a function that ends the waiting for a drag.
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
  const place = placeFor(label);
  const making = make().then(widget => void (made = widget));
  const mimeData = new MimeData();
  mimeData.setData(FACTORY, () => made ?? place);
  const dragImage = document.createElement('div');
  dragImage.className = 'crispdm-Chart-dragged';
  dragImage.textContent = label;
  const moving = new Drag({
    mimeData,
    dragImage,
    proposedAction: 'move',
    supportedActions: 'move'
  });
  await Promise.allSettled([moving.start(clientX, clientY), making]);
  moving.dispose();
  settle(made, place);
  await making; // what went wrong is the caller's
}

/** What keeps the place where somebody dropped a thing that is still being made. */
function placeFor(label: string): Widget {
  const place = new Widget();
  place.title.label = label;
  place.title.closable = true;
  return place;
}

/** Put what was made where it was dropped; dispose of what was dropped nowhere, or could not be made. */
function settle(made: Widget | null, place: Widget): void {
  if (made && place.parent instanceof DockPanel) {
    place.parent.addWidget(made, { mode: 'tab-after', ref: place });
    if (place.isVisible) {
      place.parent.selectWidget(made);
    }
  }
  place.dispose();
  if (made && !made.isAttached) {
    made.dispose();
  }
}
