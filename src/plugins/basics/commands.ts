import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyJSONObject, ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { messageOf } from '../../api';
import { own } from '../../api/own';

/** A text among the arguments of a command; empty when it is not there. */
export function textOf(args: ReadonlyPartialJSONObject, name: string): string {
  const value = own(args, name);
  return typeof value === 'string' ? value : '';
}

/** The texts of a list among the arguments of a command, or the one text `id`. */
export function idsOf(args: ReadonlyPartialJSONObject): readonly string[] {
  const { ids } = args;
  const one = textOf(args, 'id');
  const named = Array.isArray(ids) ? ids.filter(id => typeof id === 'string') : [];
  return one === '' ? named : [one];
}

/** The schema of a command that takes some texts. */
export function textArguments(descriptions: Readonly<Record<string, string>>): {
  args: ReadonlyJSONObject;
} {
  const properties = Object.fromEntries(
    Object.entries(descriptions).map(([name, description]) => [
      name,
      { type: 'string', description }
    ])
  );
  return { args: { type: 'object', properties } };
}

/** How somebody left a view, as a layout keeps it. */
export function asJson(view: object): ReadonlyPartialJSONObject {
  return JSON.parse(JSON.stringify(view)) as ReadonlyPartialJSONObject;
}

/** Do something, and show the user why it did not work. */
export async function attempt<T>(title: string, command: () => Promise<T>): Promise<T | undefined> {
  try {
    return await command();
  } catch (error) {
    Notification.error(`${title}: ${messageOf(error)}`, { autoClose: false });
    return undefined;
  }
}

/** Ask before something that cannot be taken back. The Enter key, pressed at once, takes the harmless way. */
export async function confirm(
  trans: TranslationBundle,
  question: { title: string; body: string; accept: string }
): Promise<boolean> {
  const result = await showDialog({
    title: question.title,
    body: question.body,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.warnButton({ label: question.accept })
    ],
    defaultButton: 0
  });
  return result.button.accept;
}
