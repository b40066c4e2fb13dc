import { pending } from './clock/pending';
import { cleanup, configure } from '@testing-library/react';
import { afterAll, afterEach, vi } from 'vitest';

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

// Nothing is drawn in it: what stands on a canvas is looked at in a browser.
HTMLCanvasElement.prototype.getContext = () => null;

afterEach(cleanup);

// A busy machine is no fault: what a test waits for has a minute.
configure({ asyncUtilTimeout: 60_000 });

// What is left of a view is loaded, and done or stopped, before the document goes: it would look for its window.
afterAll(async () => {
  await vi.dynamicImportSettled();
  await pending.settle();
});

// jsdom reads a blob by a FileReader only.
Blob.prototype.text ??= function (this: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error ?? new Error('The blob could not be read.'));
    reader.readAsText(this);
  });
};
