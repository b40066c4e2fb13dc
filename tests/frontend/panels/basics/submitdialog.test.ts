import { Dialog } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, waitFor } from '@testing-library/react';
import React from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SubmitDialog } from '../../../../src/panels/basics/submitdialog';
import { dialogShown, press } from '../../dialogs';

afterEach(() => Dialog.flush());

/** A dialog that is open, whose answers the test gives. */
async function open(change: Partial<SubmitDialog.IOptions<string>> = {}) {
  const answers: ((answer: string | null) => void)[] = [];
  const submit = vi.fn(() => new Promise<string | null>(resolve => answers.push(resolve)));
  const view = () => React.createElement('input', { 'aria-label': 'Name' });
  const options = { title: 'Ask', label: 'Do it', view, focus: 'input', submit, ...change };
  const dialog = new SubmitDialog<string>(options, nullTranslator);
  const closed = dialog.launch();
  // What a test leaves open is closed after it.
  closed.catch(() => undefined);
  const node = await dialogShown();
  const button = node.querySelector<HTMLButtonElement>('.jp-mod-accept')!;
  return { dialog, closed, node, button, answers, submit };
}

const soon = () => new Promise(resolve => setTimeout(resolve));

describe('SubmitDialog', () => {
  it('begins in its first field, and closes when it is accepted', async () => {
    const { dialog, closed, node, answers } = await open();
    await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Name'));
    await press(node, 'Do it', Promise.resolve());
    answers[0]('made');
    expect((await closed).button.accept).toBe(true);
    expect(dialog.accepted).toBe('made');
  });

  it('asks once however often its button is pressed', async () => {
    const { node, button, submit } = await open();
    await press(node, 'Do it', Promise.resolve());
    fireEvent.click(button);
    fireEvent.keyDown(node, { key: 'Enter' });
    expect(submit).toHaveBeenCalledTimes(1);
    expect(button.hasAttribute('disabled')).toBe(true);
  });

  it('stays open after a refusal, and can be sent again', async () => {
    const { closed, dialog, node, button, answers, submit } = await open();
    await press(node, 'Do it', Promise.resolve());
    answers[0](null);
    await soon();
    expect(button.hasAttribute('disabled')).toBe(false);
    expect(dialog.isAttached).toBe(true);
    await press(node, 'Do it', Promise.resolve());
    answers[1]('made');
    await closed;
    expect(submit).toHaveBeenCalledTimes(2);
  });

  it('can be left while it waits, and bears the late answer', async () => {
    const { closed, node, answers } = await open();
    await press(node, 'Do it', Promise.resolve());
    await press(node, 'Cancel', closed);
    expect((await closed).button.accept).toBe(false);
    answers[0]('made');
    await soon();
    expect(document.querySelector('.jp-Dialog')).toBeNull();
  });

  it('can be sent again after its answer could not be read', async () => {
    const submit = vi.fn(() => Promise.reject(new Error('No.')));
    const told = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { node, button } = await open({ submit });
    await press(node, 'Do it', Promise.resolve());
    await soon();
    expect(button.hasAttribute('disabled')).toBe(false);
    expect(told).toHaveBeenCalled();
    told.mockRestore();
  });

  it('takes the harmless way by Enter where something ends', async () => {
    const { closed, node, submit } = await open({ isHarmful: true });
    expect(document.activeElement?.textContent).toBe('Cancel');
    expect(node.querySelector('.jp-mod-warn')?.textContent).toBe('Do it');
    fireEvent.keyDown(document.activeElement as Element, { key: 'Enter' });
    await closed;
    expect(submit).not.toHaveBeenCalled();
  });
});
