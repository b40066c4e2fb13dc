import type React from 'react';
import { useEffect, useState } from 'react';

/** How much room there is: for tree, list and preview beside each other, for two of them, or for the list alone. */
export type Room = 'wide' | 'middle' | 'narrow';

/** Pixels from which on there is room for two, and for all three. */
const TWO = 780;
const THREE = 900;

/** How much room an element has. */
export function useRoom(element: React.RefObject<HTMLElement>): Room {
  const [room, setRoom] = useState<Room>('wide');
  useEffect(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => setRoom(roomOf(contentRect.width)));
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, [element]);
  return room;
}

/** What is hidden has no width, and stays as it was made. */
export function roomOf(width: number): Room {
  if (width === 0 || width >= THREE) {
    return 'wide';
  }
  return width >= TWO ? 'middle' : 'narrow';
}
