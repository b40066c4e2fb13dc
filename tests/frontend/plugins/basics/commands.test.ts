import { Dialog, Notification } from '@jupyterlab/apputils';
import { afterEach, describe, expect, it } from 'vitest';
import {
  attempt,
  confirm,
  idsOf,
  textArguments,
  textOf
} from '../../../../src/plugins/basics/commands';
import { dialogShown, press } from '../../dialogs';
import { trans } from '../../support';

afterEach(() => Dialog.flush());

describe('the arguments of a command', () => {
  it('are texts, and empty where they are none', () => {
    expect(textOf({ id: 'j1' }, 'id')).toBe('j1');
    expect([textOf({}, 'id'), textOf({ id: 3 }, 'id'), textOf({ id: ['j1'] }, 'id')]).toEqual([
      '',
      '',
      ''
    ]);
  });

  it('name one thing or several; the one goes before, and what is no text is left out', () => {
    expect(idsOf({ id: 'a', ids: ['b'] })).toEqual(['a']);
    expect(idsOf({ ids: ['b', 3, null, 'c'] })).toEqual(['b', 'c']);
    expect([idsOf({}), idsOf({ ids: 'b' }), idsOf({ id: '' })]).toEqual([[], [], []]);
  });

  it('are described by name for whoever calls the command', () =>
    expect(textArguments({ id: 'The id' })).toEqual({
      args: { type: 'object', properties: { id: { type: 'string', description: 'The id' } } }
    }));
});

describe('attempt', () => {
  it('passes an answer on and tells nothing', async () => {
    const before = Notification.manager.count;
    expect(await attempt('Not done', () => Promise.resolve(0))).toBe(0);
    expect(Notification.manager.count).toBe(before);
  });

  it('tells why it did not work, until it is read', async () => {
    const fails = (): Promise<void> => Promise.reject(new Error('No.'));
    expect(await attempt('Not done', fails)).toBeUndefined();
    const told = Notification.manager.notifications[0];
    expect(told.message).toBe('Not done: No.');
    expect([told.type, told.options.autoClose]).toEqual(['error', false]);
  });

  it('bears what fails before it waits', async () => {
    const fails = (): Promise<void> => {
      throw new Error('At once.');
    };
    expect(await attempt('Not done', fails)).toBeUndefined();
  });
});

describe('confirm', () => {
  const question = { title: 'Really?', body: '<b>All</b> is gone.', accept: 'Do it' };

  it.each([
    ['Do it', true],
    ['Cancel', false]
  ])('answers %s with %s', async (button, answer) => {
    const asked = confirm(trans, question);
    const dialog = await dialogShown();
    expect(dialog.textContent).toContain('<b>All</b> is gone.');
    await press(dialog, button, asked);
    expect(await asked).toBe(answer);
  });
});
