import { act, waitFor } from '@testing-library/react';
import { expect } from 'vitest';

/** The dialog, when it is there, has its focus and is drawn: Lab draws its title and its body after that. */
export async function dialogShown(): Promise<HTMLElement> {
  return waitFor(() => {
    const dialog = document.querySelector<HTMLElement>('.jp-Dialog');
    expect(dialog?.contains(document.activeElement)).toBe(true);
    const parts = dialog!.querySelectorAll('.jp-Dialog-header, div.jp-Dialog-body');
    expect([...parts].every(part => part.hasChildNodes())).toBe(true);
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
