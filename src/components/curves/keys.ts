import type React from 'react';
import type { Move } from './view';

/** What the keys over charts ask for; undefined for all others. */
export function moveOf(event: React.KeyboardEvent): Move | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) {
    return undefined;
  }
  switch (event.key) {
    case '+':
    case '=':
      return 'closer';
    case '-':
      return 'wider';
    case '0':
      return 'all';
    case 'End':
      return 'newest';
    case 'ArrowLeft':
      return event.shiftKey ? 'earlier' : undefined;
    case 'ArrowRight':
      return event.shiftKey ? 'later' : undefined;
    default:
      return undefined;
  }
}
