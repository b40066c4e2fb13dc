import { DockPanel, Widget } from '@lumino/widgets';
import { fireEvent, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { dragOut } from '../../../../src/panels/chart/drag';

interface IMoving {
  options: { mimeData: { getData: (mime: string) => () => unknown }; dragImage: HTMLElement };
  drop: () => void;
}

const drags = vi.hoisted(() => ({ made: [] as unknown[] }));
vi.mock('@lumino/dragdrop', () => ({
  Drag: class {
    constructor(readonly options: unknown) {
      drags.made.push(this);
    }
    drop: () => void = () => undefined;
    start(): Promise<void> {
      return new Promise(done => (this.drop = done));
    }
    dispose(): void {}
  }
}));

const begun = () => drags.made.at(-1) as IMoving;
const FACTORY = 'application/vnd.lumino.widget-factory';
const press = { clientX: 10, clientY: 10, button: 0 };
// jsdom's own pointer events have no place.
const move = (clientX: number) =>
  document.dispatchEvent(new MouseEvent('pointermove', { clientX, clientY: 10 }));

/** A thing that was dropped in a dock before it is made, which `finish` ends. */
function droppedEarly() {
  const [dock, made] = [new DockPanel(), new Widget()];
  Widget.attach(dock, document.body);
  let finish: () => void = () => undefined;
  dragOut(press, 'loss', () => new Promise(done => (finish = () => done(made))));
  move(40);
  const place = begun().options.mimeData.getData(FACTORY)() as Widget;
  dock.addWidget(place);
  begun().drop();
  return { dock, place, made, finish: () => finish() };
}

afterEach(() => {
  fireEvent.pointerUp(document);
  drags.made = [];
});

describe('dragOut', () => {
  it('begins once the pointer moves, and hands over what was made', async () => {
    const made = new Widget();
    const make = vi.fn(() => Promise.resolve(made));
    dragOut(press, 'loss', make);
    move(12);
    expect(make).not.toHaveBeenCalled();
    move(40);
    move(60);
    expect(make).toHaveBeenCalledTimes(1);
    expect(begun().options.dragImage.textContent).toBe('loss');
    const factory = begun().options.mimeData.getData(FACTORY);
    await waitFor(() => expect(factory()).toBe(made));
    Widget.attach(made, document.body);
    begun().drop();
    await new Promise(done => setTimeout(done, 0));
    expect(made.isDisposed).toBe(false);
    made.dispose();
  });

  it('follows to where it was dropped before it was made', async () => {
    const { dock, place, made, finish } = droppedEarly();
    expect(place.title.label).toBe('loss');
    finish();
    await waitFor(() => expect([...dock.widgets()]).toEqual([made]));
    expect(place.isDisposed).toBe(true);
    dock.dispose();
  });

  it('is disposed of where its place was closed before it was made', async () => {
    const { dock, place, made, finish } = droppedEarly();
    place.close();
    finish();
    await waitFor(() => expect(made.isDisposed).toBe(true));
    expect([...dock.widgets()]).toEqual([]);
    dock.dispose();
  });

  it('disposes of what was dropped nowhere', async () => {
    const made = new Widget();
    dragOut(press, 'loss', () => Promise.resolve(made));
    move(40);
    begun().drop();
    await waitFor(() => expect(made.isDisposed).toBe(true));
  });

  it('does not begin with another button, nor after the button is let go', () => {
    const make = vi.fn(() => Promise.resolve(new Widget()));
    dragOut({ ...press, button: 2 }, 'loss', make);
    move(90);
    dragOut(press, 'loss', make);
    fireEvent.pointerUp(document);
    move(90);
    expect(make).not.toHaveBeenCalled();
  });
});
