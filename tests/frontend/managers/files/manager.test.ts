import { waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiClient } from '../../../../src/api';
import { FilesManager } from '../../../../src/managers/files/manager';
import { anEntry, aTrashed, HOME, SHARED } from '../../files';
import type { IAsked } from '../../support';
import { fakeServer, json } from '../../support';

const SPACE = { free: 5000, quota: 4000, used: 1000 };

let asked: IAsked[];
let answers: Record<string, (one: IAsked) => Response | Promise<Response>>;
let files: FilesManager;

beforeEach(() => {
  answers = {
    'GET files/folders': () => json({ folders: [HOME, SHARED], ...SPACE }),
    'GET files/list': () =>
      json({ entries: [{ name: 'a.txt', kind: 'file', size: 7, modified: 1.5 }] })
  };
  const server = fakeServer(one => {
    const path = one.path.replace('/base/crispdm/api/', '').replace('/base/', '');
    return (answers[`${one.method} ${path}`] ?? (() => json({})))(one);
  });
  asked = server.asked;
  files = new FilesManager(new ApiClient(server.settings));
});
afterEach(() => files.dispose());

const done = (path: string, to: string | null, reason = '') => ({ path, to, status: 200, reason });
const calls = () => asked.map(({ method, path, query }) => `${method} ${path}${query}`);
const lists = () => calls().filter(call => call.includes('files/list'));

describe('the files of the server', () => {
  it('begin with the folders that one has', async () => {
    await waitFor(() => expect(files.isReady).toBe(true));
    expect(files.folders.map(({ path }) => path)).toEqual(['people/ann', 'data']);
    expect(files.space).toEqual(SPACE);
    expect([
      files.canWrite('people/ann/x'),
      files.canWrite('data/x'),
      files.canWrite('etc')
    ]).toEqual([true, false, false]);
  });

  it('say why there are none', async () => {
    const server = fakeServer(() => json({ message: 'You may not see files.' }, 403));
    const refused = new FilesManager(new ApiClient(server.settings));
    await waitFor(() => expect(refused.error).toBe('You may not see files.'));
    refused.dispose();
  });

  it('take the innermost of folders within each other', async () => {
    const inner = { ...SHARED, path: 'people/ann/shared' };
    answers['GET files/folders'] = () => json({ folders: [HOME, inner], ...SPACE });
    await files.refresh();
    expect(files.folderOf('people/ann/shared/x')?.path).toBe('people/ann/shared');
    expect(files.canWrite('people/ann/shared/x')).toBe(false);
  });

  // proves: filebrowser.fresh
  it('are read again when one comes back to the page, and only what is shown', async () => {
    window.dispatchEvent(new Event('focus'));
    await waitFor(() => expect(files.isReady).toBe(true));
    expect(lists()).toEqual([]);
    const shown = files.show('people/ann');
    await waitFor(() => expect(files.listing('people/ann').entries).toHaveLength(1));
    window.dispatchEvent(new Event('focus'));
    document.dispatchEvent(new Event('visibilitychange'));
    await waitFor(() => expect(lists()).toHaveLength(2));
    shown.dispose();
    window.dispatchEvent(new Event('focus'));
    expect(lists()).toHaveLength(2);
  });

  it('are read once more for who asks while an older answer is on its way', async () => {
    files.show('people/ann');
    await waitFor(() => expect(files.listing('people/ann').entries).toHaveLength(1));
    const answer = answers['GET files/folders'];
    let go = (): void => undefined;
    const slow = new Promise<void>(resolve => (go = resolve));
    answers['GET files/folders'] = async one => slow.then(() => answer(one));
    const before = lists().length;
    const first = files.refresh();
    await waitFor(() => expect(lists()).toHaveLength(before + 1));
    const second = files.refresh();
    go();
    await Promise.all([first, second]);
    expect(lists()).toHaveLength(before + 2);
  });

  it('leave the page alone once they are disposed of', () => {
    files.show('people/ann');
    files.dispose();
    const before = asked.length;
    window.dispatchEvent(new Event('focus'));
    expect(asked).toHaveLength(before);
  });
});

describe('a command for files', () => {
  beforeEach(async () => {
    files.show('people/ann');
    await waitFor(() => expect(files.listing('people/ann').entries).toHaveLength(1));
    asked.length = 0;
  });

  it('makes a folder under a name of its own first, so that nothing is replaced', async () => {
    answers['POST api/contents/people/ann'] = () =>
      json({ path: 'people/ann/Untitled Folder' }, 201);
    await files.createFolder('people/ann', 'scans & more');
    expect(calls()).toEqual([
      'POST /base/api/contents/people/ann',
      'PATCH /base/api/contents/people/ann/Untitled%20Folder',
      'GET /base/crispdm/api/files/list?path=people%2Fann'
    ]);
    expect(asked[0].body).toEqual({ type: 'directory' });
    expect(asked[1].body).toEqual({ path: 'people/ann/scans & more' });
  });

  it('leaves nothing behind when the name was taken meanwhile', async () => {
    answers['POST api/contents/people/ann'] = () => json({ path: 'people/ann/untitled' }, 201);
    answers['PATCH api/contents/people/ann/untitled'] = () => json({ message: 'It exists.' }, 409);
    await expect(files.createFile('people/ann', 'a.txt')).rejects.toThrow('It exists.');
    expect(calls()).toContain('DELETE /base/api/contents/people/ann/untitled');
    expect(lists()).toHaveLength(1);
  });

  it('renames, and answers the new path', async () => {
    expect(await files.rename('people/ann/a.txt', 'b.txt')).toBe('people/ann/b.txt');
    expect(asked[0].body).toEqual({ path: 'people/ann/b.txt' });
  });

  it('marks what it is about until that was read again', async () => {
    answers['POST files/trash'] = () => json({ items: [done('people/ann/a.txt', '0123')] });
    answers['GET files/list'] = () => {
      expect(files.isPending('people/ann/a.txt')).toBe(true);
      return json({ entries: [] });
    };
    const discarded = files.discard(['people/ann/a.txt']);
    expect(files.isPending('people/ann/a.txt')).toBe(true);
    expect(await discarded).toEqual(['0123']);
    expect(files.isPending('people/ann/a.txt')).toBe(false);
    expect(files.listing('people/ann').entries).toEqual([]);
  });

  // proves: filebrowser.fresh
  it('reads again what it changed also when it was refused half way', async () => {
    answers['POST files/move'] = () => json({ message: 'The disk is full.' }, 507);
    await expect(files.move(['people/ann/a.txt'], 'people/ann/x')).rejects.toThrow('full');
    expect(lists()).toHaveLength(1);
    expect(files.isPending('people/ann/a.txt')).toBe(false);
  });

  it('pastes what was cut once, and what was copied as often as one likes', async () => {
    answers['POST files/move'] = answers['POST files/copy'] = () =>
      json({ items: [done('people/ann/a.txt', 'people/ann/x/a.txt')] });
    expect(await files.paste('people/ann/x')).toEqual([]);
    files.hold({ paths: ['people/ann/a.txt'], isCut: true });
    expect(await files.paste('people/ann/x')).toEqual(['people/ann/x/a.txt']);
    expect(files.held).toBeNull();
    files.hold({ paths: ['people/ann/a.txt'], isCut: false });
    await files.paste('people/ann/x');
    expect(files.held?.paths).toEqual(['people/ann/a.txt']);
    expect(calls().filter(call => call.startsWith('POST'))).toEqual([
      'POST /base/crispdm/api/files/move',
      'POST /base/crispdm/api/files/copy'
    ]);
  });

  it('says why some of many stayed where they are, each reason once', async () => {
    answers['POST files/move'] = () =>
      json({
        items: [
          done('people/ann/a', 'people/ann/x/a'),
          done('people/ann/b', null, 'It is gone.'),
          done('people/ann/c', null, 'It is gone.')
        ]
      });
    const moved = files.move(['people/ann/a', 'people/ann/b', 'people/ann/c'], 'people/ann/x');
    await expect(moved).rejects.toThrow(/^It is gone\.$/);
    expect(lists()).toHaveLength(1);
  });

  it('empties the trash at once', async () => {
    await files.emptyTrash();
    expect(calls()).toEqual(['DELETE /base/crispdm/api/files/trash']);
  });

  it('keeps what was cut when it could not be moved', async () => {
    answers['POST files/move'] = () => json({ message: 'No.' }, 403);
    files.hold({ paths: ['people/ann/a.txt'], isCut: true });
    await expect(files.paste('data')).rejects.toThrow('No.');
    expect(files.held?.isCut).toBe(true);
  });

  it('looks into the trash, and keeps it right from then on', async () => {
    answers['GET files/trash'] = () => json({ items: [aTrashed('people/ann/old.txt')] });
    expect(files.trashed).toBeNull();
    await files.lookIntoTrash();
    expect(files.trashed).toHaveLength(1);
    answers['GET files/trash'] = () => json({ items: [] });
    answers['POST files/trash/0123/restore'] = () =>
      json(done('people/ann/old.txt', 'people/ann/o'));
    expect(await files.restore(['0123'])).toEqual(['people/ann/o']);
    expect(files.trashed).toEqual([]);
    expect(calls()).toContain('POST /base/crispdm/api/files/trash/0123/restore');
  });

  it('knows what was thrown away while it was looking into the trash, whichever answer is the last', async () => {
    let late: (answer: Response) => void = () => undefined;
    answers['GET files/trash'] = () => new Promise(resolve => (late = resolve));
    const first = files.lookIntoTrash();
    await waitFor(() => expect(calls()).toContain('GET /base/crispdm/api/files/trash'));
    answers['GET files/trash'] = () => json({ items: [aTrashed('people/ann/a.txt')] });
    answers['POST files/trash'] = () => json({ items: [done('people/ann/a.txt', '0123')] });
    await files.discard(['people/ann/a.txt']);
    expect(files.trashed).toHaveLength(1);
    late(json({ items: [] }));
    await first;
    expect(files.trashed).toHaveLength(1);
  });

  it('deletes for ever one after the other, and stops where that is refused', async () => {
    answers['DELETE files/trash/b'] = () => json({ message: 'It is being used.' }, 409);
    await expect(files.deleteForever(['a', 'b', 'c'])).rejects.toThrow('It is being used.');
    expect(calls().filter(call => call.startsWith('DELETE'))).toHaveLength(2);
  });

  it('knows where files are downloaded from, folders as a zip', () => {
    const api = 'http://here/base/crispdm/api/files';
    const [file, folder] = [anEntry('people/ann/a b.txt'), anEntry('people/ann/x/')];
    expect(files.urlOf('a/b#c')).toBe(`${api}/content?path=a%2Fb%23c`);
    expect(files.downloadUrl([file])).toBe(
      `${api}/content?path=people%2Fann%2Fa%20b.txt&download=1`
    );
    expect(files.downloadUrl([folder])).toBe(`${api}/archive?path=people%2Fann%2Fx`);
    expect(files.downloadUrl([file, folder])).toBe(
      `${api}/archive?path=people%2Fann%2Fa+b.txt&path=people%2Fann%2Fx`
    );
  });
});
