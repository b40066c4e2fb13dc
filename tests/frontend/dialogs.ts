import { act, waitFor } from '@testing-library/react';
import { expect } from 'vitest';

/** The dialog, when it is there and has its focus. */
export async function dialogShown(): Promise<HTMLElement> {
  return waitFor(() => {
    const dialog = document.querySelector<HTMLElement>('.jp-Dialog');
    expect(dialog?.contains(document.activeElement)).toBe(true);
    return dialog as HTMLElement;
  });
}

/** Press a button of a dialog, and wait for what it ends. */
export async function press(dialog: HTMLElement, name: string, done: Promise<unknown>) {
  const found = [...dialog.querySelectorAll('button')].find(
    ({ textContent }) => textContent?.trim() === name
  );
  expect(found, `a button “${name}”`).toBeTruthy();
  await act(async () => {
    found?.click();
    await done;
  });
}
