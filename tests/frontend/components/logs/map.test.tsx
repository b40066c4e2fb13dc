import { fireEvent, render } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import { LogMap } from '../../../../src/components/logs/map';

function show(change: Partial<React.ComponentProps<typeof LogMap>> = {}) {
  const went: number[] = [];
  const { container } = render(
    <LogMap
      size={1000}
      first={200}
      last={250}
      marks={[]}
      onGo={at => void went.push(at)}
      {...change}
    />
  );
  const map = container.querySelector<HTMLElement>('[role=slider]')!;
  map.setPointerCapture = vi.fn();
  map.getBoundingClientRect = () => ({ top: 100, height: 400 }) as DOMRect;
  return { container, map, went };
}

/** jsdom makes pointer events without a place. */
function point(map: HTMLElement, kind: string, clientY: number, buttons = 1): void {
  const event = new MouseEvent(kind, { bubbles: true, clientY, buttons });
  fireEvent(map, event);
}

describe('LogMap', () => {
  it('says where the reader is, to those who hear it', () => {
    const { map } = show({ size: 2 ** 30, first: 2 ** 29, last: 2 ** 29 + 4096 });
    expect(map.getAttribute('aria-valuetext')).toBe('512 MiB of 1.0 GiB');
    expect(map.getAttribute('aria-valuenow')).toBe(String(2 ** 29));
  });

  it('leads to where it is pressed, within the log', () => {
    const { map, went } = show();
    point(map, 'pointerdown', 300);
    point(map, 'pointerup', 9000);
    point(map, 'pointerdown', -50);
    expect(went).toEqual([500, 999, 0]);
    expect(map.setPointerCapture).toHaveBeenCalledTimes(2);
  });

  it('follows a pointer that is held, and no other', () => {
    const { map, went } = show();
    point(map, 'pointermove', 200, 0);
    expect(went).toEqual([]);
  });

  it.each([
    ['Home', 0],
    ['End', 999],
    ['ArrowDown', 225],
    ['ArrowUp', 175],
    ['PageDown', 250],
    ['PageUp', 150]
  ])('goes by the key %s', (key, to) => {
    const { map, went } = show();
    expect(fireEvent.keyDown(map, { key })).toBe(false);
    expect(went).toEqual([to]);
  });

  it('leaves other keys alone', () => {
    const { map, went } = show();
    expect(fireEvent.keyDown(map, { key: 'a' })).toBe(true);
    expect(went).toEqual([]);
  });

  it('shows where something was found, those that fall together once', () => {
    const marks = [{ at: 0 }, { at: 1 }, { at: 500 }, { at: 999 }];
    const { container } = show({ marks });
    const tops = [...container.querySelectorAll<HTMLElement>('.crispdm-Log-mapMark')].map(
      mark => mark.style.top
    );
    expect(tops).toEqual(['0%', '50%', '99.667%']);
  });

  it('shows no more marks than can be told apart', () => {
    const marks = Array.from({ length: 50_000 }, (_, at) => ({ at }));
    const { container } = show({ size: 50_000, marks });
    expect(container.querySelectorAll('.crispdm-Log-mapMark')).toHaveLength(300);
  });

  it('stays within its bar at the very end, and in a log of nothing', () => {
    const { container } = show({ size: 1000, first: 995, last: 1000 });
    expect(container.querySelector('.crispdm-Log-mapThumb')).toBeTruthy();
    show({ size: 0, first: 0, last: 0 });
  });
});
