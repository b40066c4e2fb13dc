import { cleanup } from '@testing-library/react';
import { afterEach, vi } from 'vitest';

// What jsdom lacks and Lab's packages or the views ask for.
class NoObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
vi.stubGlobal('ResizeObserver', NoObserver);
vi.stubGlobal('IntersectionObserver', NoObserver);
vi.stubGlobal('DragEvent', class extends MouseEvent {});
vi.stubGlobal('requestIdleCallback', (callback: () => void) => window.setTimeout(callback));
vi.stubGlobal('matchMedia', () => ({
  matches: false,
  addEventListener: () => undefined,
  addListener: () => undefined,
  removeEventListener: () => undefined,
  removeListener: () => undefined
}));

afterEach(cleanup);
