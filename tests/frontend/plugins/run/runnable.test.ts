import { describe, expect, it } from 'vitest';
import { nullTranslator } from '@jupyterlab/translation';
import type { IFiles } from '../../../../src/plugins/run/runnable';
import { chooseFile, isChosen } from '../../../../src/plugins/run/runnable';

interface IPlace {
  selected?: { path: string; type: string }[];
  inFront?: string;
  open?: string[];
}

/** Lab with these files selected, in front and open with changes. A drive stands before a colon. */
function lab({ selected = [], inFront, open = [] }: IPlace) {
  const saved: string[] = [];
  const drive = (path: string) => (path.includes(':') ? path.split(':')[0] : '');
  const localPath = (path: string) => path.split(':').at(-1) ?? '';
  const files = {
    app: {
      shell: { currentWidget: inFront === undefined ? null : { path: inFront } },
      serviceManager: { contents: { driveName: drive, localPath } }
    },
    translator: nullTranslator,
    documents: {
      findWidget: (path: string) => (open.includes(path) ? { path } : undefined),
      contextForWidget: ({ path }: { path: string }) => ({
        path,
        model: { dirty: true },
        save: () => Promise.resolve(void saved.push(path))
      })
    },
    browsers: { tracker: { currentWidget: { selectedItems: () => selected } } }
  } as unknown as IFiles;
  return { files, saved };
}

const file = (path: string) => ({ path, type: 'file' });

describe('the selection of the file browser', () => {
  const chosen = (...selected: { path: string; type: string }[]) =>
    isChosen(lab({ selected }).files, { from: 'browser' });

  it.each(['a.py', 'a.ipynb', 'A.PY', 'a.R', 'a.sh', 'a.bash', 'a.jl', 'a.js', 'a.mjs', 'ä b.py'])(
    'can be run: %s',
    path => expect(chosen(file(path))).toBe(true)
  );

  it.each(['a.txt', 'py', '.py.bak', 'a.python', 'a.mmjs', 'a'])('cannot be run: %s', path =>
    expect(chosen(file(path))).toBe(false)
  );

  it('cannot be run when it is a directory, several files or none', () => {
    expect(chosen({ path: 'lib.py', type: 'directory' })).toBe(false);
    expect(chosen(file('a.py'), file('b.py'))).toBe(false);
    expect(chosen()).toBe(false);
  });

  it('is none where there is no file browser', () => {
    const { files } = lab({ selected: [file('a.py')] });
    expect(isChosen({ ...files, browsers: null }, { from: 'browser' })).toBe(false);
  });
});

describe('the document in front', () => {
  it.each([
    ['a.ipynb', true],
    ['notes.md', false],
    ['JobFiles:j1/a.ipynb', false],
    [undefined, false]
  ])('%s can be run from the menu and the toolbar: %s', (inFront, can) => {
    const { files } = lab({ inFront });
    expect(isChosen(files, { from: 'menu' })).toBe(can);
    expect(isChosen(files, { from: 'document' })).toBe(can);
  });

  it('is not taken by a command that names no place', () =>
    expect(isChosen(lab({ inFront: 'a.py' }).files, {})).toBe(false));
});

describe('the chosen file', () => {
  it('is the one that is named, whatever is selected', async () => {
    const { files } = lab({ selected: [file('b.py')] });
    expect(await chooseFile(files, { path: 'a.py', from: 'browser' })).toBe('a.py');
  });

  it('is written to the disk when it is open and changed, and no other is', async () => {
    const { files, saved } = lab({ open: ['a.py', 'b.py'] });
    await chooseFile(files, { path: 'a.py' });
    expect(saved).toEqual(['a.py']);
    await chooseFile(files, { path: 'shut.py' });
    expect(saved).toEqual(['a.py']);
  });

  it('has its path on the server, without the name of the drive', async () => {
    const { files } = lab({ selected: [file('RTC:dir/a.py')] });
    expect(await chooseFile(files, { from: 'browser' })).toBe('dir/a.py');
  });
});
