import { act, fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Board } from '../../../../src/components/shared/whiteboard/board';
import type { IPiece } from '../../../../src/components/shared/whiteboard/marks';
import { paint, pictureOf } from '../../../../src/components/shared/whiteboard/paint';
import { Whiteboard } from '../../../../src/components/shared/whiteboard/whiteboard';
import { FakeStates, FakeValues, refusal } from '../../shared';

let server: FakeValues;
let board: Board;

beforeEach(() => {
  server = new FakeValues();
  board = new Board(new FakeStates(server), 'plan');
  vi.spyOn(HTMLElement.prototype, 'getBoundingClientRect').mockReturnValue({
    left: 100,
    top: 50,
    width: 800,
    height: 450
  } as DOMRect);
  HTMLElement.prototype.setPointerCapture = () => undefined;
});
afterEach(() => {
  board.dispose();
  vi.restoreAllMocks();
});

const frame = () => new Promise<void>(resolve => requestAnimationFrame(() => resolve()));
const settle = () =>
  act(async () => {
    await frame();
    await frame();
  });

async function show(change: Partial<React.ComponentProps<typeof Whiteboard>> = {}) {
  const onPoint = vi.fn();
  const onSave = vi.fn();
  const given = { board, title: 'Plan', me: 'ann', cursors: [], onPoint, onSave, ...change };
  render(<Whiteboard {...given} />);
  await settle();
  return { onPoint, onSave };
}

const paper = () => screen.getByRole('img');
const at = (x: number, y: number, change: object = {}) => ({
  clientX: x,
  clientY: y,
  pointerId: 1,
  isPrimary: true,
  button: 0,
  ...change
});
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name });

/** jsdom has no pointer events; React hears them by their names. */
function point(kind: string, init: { isPrimary?: boolean }): void {
  const event = new MouseEvent(kind, { bubbles: true, cancelable: true, ...init });
  const { isPrimary = true } = init;
  fireEvent(paper(), Object.assign(event, { pointerId: 1, isPrimary }));
}

async function stroke(change: object = {}): Promise<void> {
  point('pointerdown', at(100, 50, change));
  point('pointermove', at(500, 275, change));
  point('pointermove', at(500, 275, change));
  point('pointerup', at(500, 275, change));
  await settle();
}

describe('a whiteboard', () => {
  // proves: shared.whiteboard
  it('draws where a pointer is pressed, in units of the board', async () => {
    const { onPoint } = await show();
    await stroke();
    expect(board.pieces()).toMatchObject([
      { by: 'ann', ink: 0, width: 4, points: [0, 0, 0, 0, 800, 450] }
    ]);
    expect(onPoint).toHaveBeenLastCalledWith([0.5, 0.5]);
  });

  it('draws with no second finger, and with no other button', async () => {
    await show();
    await stroke({ isPrimary: false });
    await stroke({ button: 2 });
    expect(board.pieces()).toEqual([]);
  });

  it('is drawn on by nobody of whom it is not known who they are', async () => {
    await show({ me: '' });
    expect(screen.getByText('Loading…')).toBeTruthy();
    await stroke();
    expect(board.pieces()).toEqual([]);
  });

  it('ends a stroke that the browser takes away', async () => {
    await show();
    point('pointerdown', at(100, 50));
    point('pointercancel', at(100, 50));
    point('pointermove', at(500, 275));
    expect(board.pieces()).toMatchObject([{ points: [0, 0, 0, 0] }]);
  });

  it('draws with what was chosen', async () => {
    await show();
    fireEvent.click(screen.getByLabelText('Blue'));
    fireEvent.click(screen.getByLabelText('Thick'));
    await stroke();
    fireEvent.click(screen.getByLabelText('Eraser'));
    await stroke();
    expect(board.pieces()).toMatchObject([
      { ink: 4, width: 24 },
      { ink: -1, width: 24 }
    ]);
  });

  // proves: shared.whiteboard-undo
  it("takes back one's own stroke with a button or Ctrl+Z", async () => {
    await show();
    expect(button('Undo').disabled).toBe(true);
    await stroke();
    await stroke();
    fireEvent.click(button('Undo'));
    fireEvent.keyDown(paper(), { key: 'z', ctrlKey: true });
    expect(board.pieces()).toEqual([]);
  });

  // proves: shared.whiteboard-clear
  it('is cleared after a question only', async () => {
    await show();
    await stroke();
    fireEvent.click(button('Clear…'));
    expect(document.activeElement).toBe(button('Keep it'));
    fireEvent.keyDown(button('Keep it'), { key: 'Escape' });
    expect(board.isEmpty).toBe(false);
    fireEvent.click(button('Clear…'));
    fireEvent.click(button('Clear it'));
    await settle();
    expect(board.isEmpty).toBe(true);
    expect(screen.getByText(/Nothing is drawn yet/)).toBeTruthy();
    expect(button('Clear…').disabled).toBe(true);
  });

  it('shows where the pointers of the others are, with their names as text', async () => {
    await show({
      cursors: [{ session: 's', name: '<b>bo</b>', color: 2, spot: [0.75, 0.5] }]
    });
    const cursor = document.querySelector<HTMLElement>('.crispdm-Board-cursor')!;
    expect([cursor.style.left, cursor.style.top, cursor.dataset.side]).toEqual([
      '75%',
      '50%',
      'left'
    ]);
    expect(cursor.textContent).toBe('<b>bo</b>');
  });

  it('tells the others when the pointer has left', async () => {
    const { onPoint } = await show();
    point('pointerout', at(0, 0, { relatedTarget: document.body }));
    expect(onPoint).toHaveBeenLastCalledWith(null);
  });

  it('says what is wrong', async () => {
    await show();
    server.failures = [refusal(403, 'You may not draw here.')];
    await stroke();
    expect((await screen.findByRole('alert')).textContent).toBe('You may not draw here.');
  });
});

/** Writes down what is drawn. */
function recorder() {
  const calls: string[] = [];
  const context = {
    lineWidth: 0,
    strokeStyle: '',
    lineCap: '',
    lineJoin: '',
    globalCompositeOperation: '',
    beginPath: () => undefined,
    moveTo: (x: number, y: number) => void calls.push(`M${x},${y}`),
    lineTo: (x: number, y: number) => void calls.push(`L${x},${y}`),
    stroke: () => void calls.push('stroke')
  };
  return { context, calls };
}

const piece: IPiece = { stroke: 's', by: 'a', ink: 1, width: 4, points: [1, 2, 3, 4, 5, 6] };

describe('a piece', () => {
  it('is drawn as one line', () => {
    const { context, calls } = recorder();
    paint(context as never, piece);
    expect(calls).toEqual(['M1,2', 'L3,4', 'L5,6', 'stroke']);
    expect(context).toMatchObject({
      strokeStyle: '#cf222e',
      lineWidth: 4,
      globalCompositeOperation: 'source-over'
    });
  });

  it('of one point is a dot, and of the eraser takes away', () => {
    const { context, calls } = recorder();
    paint(context as never, { ...piece, ink: -1, points: [1, 2] });
    expect(calls).toEqual(['M1,2', 'L1,2', 'stroke']);
    expect(context).toMatchObject({ lineWidth: 12, globalCompositeOperation: 'destination-out' });
  });

  it('becomes no picture where the browser draws none', async () => {
    expect(await pictureOf([piece])).toBeNull();
  });
});
