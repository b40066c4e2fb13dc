import { fireEvent, render, screen, within } from '@testing-library/react';
import React from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Headings } from '../../../../../src/components/runs/plots/headings';

const AXES = ['params.lr', '-metrics.loss.best', 'duration'];
const onAxes = vi.fn<(axes: readonly string[]) => void>();

const show = (axes = AXES, xs = [100, 300, 500]) =>
  render(<Headings axes={axes} xs={xs} onAxes={onAxes} />);
const head = (name: string) => screen.getByRole('button', { name });
const after = () => onAxes.mock.calls.at(-1)?.[0];
/** jsdom has no events of pointers: those of a mouse under their names. */
const pointer = (type: string, node: HTMLElement, clientX: number) =>
  fireEvent(node, new MouseEvent(type, { bubbles: true, clientX }));
const drag = (node: HTMLElement, from: number, to: number) => {
  pointer('pointerdown', node, from);
  pointer('pointerup', node, to);
  fireEvent.click(node, { clientX: to, detail: 1 });
};

beforeEach(() => onAxes.mockClear());

describe('the names over axes', () => {
  it('say what stands there, and which end is up', () => {
    show();
    const group = within(screen.getByRole('group', { name: 'Axes' }));
    expect(group.getAllByRole('button').map(node => node.getAttribute('aria-label'))).toEqual([
      'lr',
      'Take the axis “lr” away',
      'loss (best), the least at the top',
      'Take the axis “loss (best)” away',
      'Duration',
      'Take the axis “Duration” away'
    ]);
    expect(head('lr').textContent).toBe('↑ lr');
    expect(head('loss (best), the least at the top').textContent).toBe('↓ loss (best)');
    expect(head('lr').title).toContain('the other way round');
  });

  it('stand over their axes, as wide as there is room', () => {
    const { container, rerender } = show();
    const places = () =>
      [...container.querySelectorAll<HTMLElement>('.crispdm-RunPlot-head')].map(({ style }) => [
        parseFloat(style.left) + parseFloat(style.width) / 2,
        parseFloat(style.width)
      ]);
    expect(places()).toEqual([
      [100, 160],
      [300, 160],
      [500, 160]
    ]);
    rerender(<Headings axes={AXES} xs={[10, 30, 50]} onAxes={onAxes} />);
    expect(places().map(([, width]) => width)).toEqual([48, 48, 48]);
    rerender(<Headings axes={['duration']} xs={[300]} onAxes={onAxes} />);
    expect(places()).toEqual([[300, 160]]);
  });

  it('turn their axis by a click, and by Enter, which clicks as well', () => {
    show();
    drag(head('lr'), 100, 101);
    expect(after()).toEqual(['-params.lr', '-metrics.loss.best', 'duration']);
    fireEvent.click(head('loss (best), the least at the top'), { detail: 0 });
    expect(after()).toEqual(['params.lr', 'metrics.loss.best', 'duration']);
    expect(onAxes).toHaveBeenCalledTimes(2);
  });

  it.each([
    [100, 310, ['-metrics.loss.best', 'params.lr', 'duration']],
    [100, 900, ['-metrics.loss.best', 'duration', 'params.lr']],
    [100, -900, AXES],
    [100, 150, AXES]
  ])('move their axis where they are dropped: from %d to %d', (from, to, axes) => {
    show();
    drag(head('lr'), from, to);
    expect(onAxes.mock.calls).toEqual([[axes]]);
  });

  it('turn again by a key after they were moved', () => {
    show();
    drag(head('Duration'), 500, 300);
    expect(after()).toEqual(['params.lr', 'duration', '-metrics.loss.best']);
    fireEvent.click(head('Duration'), { detail: 0 });
    expect(after()).toEqual(['params.lr', '-metrics.loss.best', '-duration']);
  });

  it('move by Shift with arrows, go by Delete, and leave other keys to the page', () => {
    show();
    expect(fireEvent.keyDown(head('Duration'), { key: 'ArrowLeft', shiftKey: true })).toBe(false);
    expect(after()).toEqual(['params.lr', 'duration', '-metrics.loss.best']);
    fireEvent.keyDown(head('lr'), { key: 'ArrowLeft', shiftKey: true });
    expect(after()).toEqual(AXES);
    fireEvent.keyDown(head('lr'), { key: 'Delete' });
    expect(after()).toEqual(['-metrics.loss.best', 'duration']);
    onAxes.mockClear();
    for (const key of ['ArrowLeft', 'Tab', 'x', 'Escape']) {
      expect(fireEvent.keyDown(head('lr'), { key })).toBe(true);
    }
    expect(onAxes).not.toHaveBeenCalled();
  });

  it('take their axis away by the button beside them', () => {
    show(['params.lr']);
    fireEvent.click(screen.getByRole('button', { name: 'Take the axis “lr” away' }));
    expect(onAxes.mock.calls).toEqual([[[]]]);
  });
});
