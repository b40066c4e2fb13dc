import type { TranslationBundle } from '@jupyterlab/translation';
import { own } from '../../api/own';
import type { Action, IMisfit, IQuestion, Said } from './shelf';

type Words = Record<Action, string>;

/** What is said of an action that goes on, is done or failed; empty for nothing. */
export function saidText(trans: TranslationBundle, said: Said): string {
  if (said.kind === 'nothing' || (said.kind === 'done' && said.action === 'list')) {
    return '';
  }
  if (said.kind === 'busy') {
    return busyWords(trans)[said.action];
  }
  if (said.kind === 'failed') {
    return trans.__(
      '%1 %2',
      failedWords(trans, said.name)[said.action],
      reasonText(trans, said.reason)
    );
  }
  return doneWords(trans, said.name)[said.action];
}

/** Why something did not fit or was refused: the server's and the kernel's own sentences stay as they are. */
export function reasonText(trans: TranslationBundle, reason: string): string {
  const words: Record<string, string> = {
    impossible: trans.__('this value is no longer possible'),
    'not-here': trans.__('it is no longer on this page'),
    'no-page': trans.__('there is no such page for you'),
    'bad-name': trans.__('no field has such a name'),
    'no-text': trans.__('it is no text, or too long'),
    'file-too-large': trans.__('The file is larger than 8 MiB.'),
    'file-no-json': trans.__('It is no JSON file.'),
    'file-no-work': trans.__('There is no saved work in it.'),
    'file-too-many': trans.__('It has more than 1,000 values.')
  };
  return own(words, reason) ?? reason;
}

/** What is asked before something is lost. */
export function questionText(trans: TranslationBundle, { about, name }: IQuestion): string {
  return about === 'delete'
    ? trans.__('Delete “%1”? It cannot be brought back.', name)
    : trans.__('There is saved work called “%1” already. Replace it?', name);
}

/** What did not come, in one line. */
export function misfitsText(trans: TranslationBundle, misfits: readonly IMisfit[]): string {
  return trans._n('%1 value was left out:', '%1 values were left out:', misfits.length);
}

function busyWords(trans: TranslationBundle): Words {
  return {
    list: trans.__('Asking for the saved work…'),
    save: trans.__('Saving…'),
    load: trans.__('Loading… The values come as soon as the program is free.'),
    undo: trans.__('Putting back what was there…'),
    rename: trans.__('Renaming…'),
    copy: trans.__('Duplicating…'),
    delete: trans.__('Deleting…'),
    export: trans.__('Exporting…'),
    import: trans.__('Importing…'),
    share: trans.__('Sharing…'),
    unshare: trans.__('Ending the sharing…')
  };
}

function doneWords(trans: TranslationBundle, name: string): Words {
  return {
    list: '',
    save: trans.__('“%1” is saved.', name),
    load: trans.__('“%1” is loaded.', name),
    undo: trans.__('What was there before is back.'),
    rename: trans.__('It is called “%1” now.', name),
    copy: trans.__('The copy is called “%1”.', name),
    delete: trans.__('“%1” is deleted.', name),
    export: trans.__('“%1” is exported.', name),
    import: trans.__('“%1” is imported: load it to see it.', name),
    share: trans.__('“%1” is shared with your colleagues.', name),
    unshare: trans.__('“%1” is for you only.', name)
  };
}

function failedWords(trans: TranslationBundle, name: string): Words {
  return {
    list: trans.__('The saved work cannot be shown.'),
    save: trans.__('“%1” was not saved.', name),
    load: trans.__('“%1” was not loaded.', name),
    undo: trans.__('What was there before did not come back.'),
    rename: trans.__('“%1” was not renamed.', name),
    copy: trans.__('“%1” was not duplicated.', name),
    delete: trans.__('“%1” was not deleted.', name),
    export: trans.__('“%1” was not exported.', name),
    import: trans.__('“%1” was not imported.', name),
    share: trans.__('“%1” was not shared.', name),
    unshare: trans.__('“%1” is shared still.', name)
  };
}
