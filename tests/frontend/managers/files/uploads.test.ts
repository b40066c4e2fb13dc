import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FolderEntry } from '../../../../src/api/files/files';
import type { IUploadOrder, Unfinished } from '../../../../src/api/files/uploads';
import { UploadsManager } from '../../../../src/managers/files/uploads';
import { anEntry, localFile } from '../../files';

/** A way to the server that a test moves along. */
class FakeWay {
  orders: IUploadOrder[] = [];
  acts: string[] = [];
  begun: Unfinished[] = [];
  failure: Error | null = null;

  send(order: IUploadOrder) {
    this.orders.push(order);
    const note = (act: string) => void this.acts.push(`${act} ${order.path}`);
    const sending = {
      start: () => note('start'),
      pause: () => note('pause'),
      cancel: () => Promise.resolve(note('cancel'))
    };
    return this.failure ? Promise.reject(this.failure) : Promise.resolve(sending);
  }
  unfinished() {
    return Promise.resolve(this.begun);
  }
  forget(id: string) {
    this.acts.push(`forget ${id}`);
    return Promise.resolve();
  }
  of(path: string): IUploadOrder {
    return this.orders.find(order => order.path === path)!;
  }
}

function orderOf(path: string): IUploadOrder {
  const quiet = (): void => undefined;
  const told = { onProgress: quiet, onStalled: quiet, onDone: quiet, onFailed: quiet };
  return { file: new File([], path), folder: '', path, onTaken: 'refuse', ...told };
}

let way: FakeWay;
let there: Map<string, FolderEntry[]>;
let told: string[];
let now: number;
let uploads: UploadsManager;

const settle = () => new Promise(resolve => setTimeout(resolve, 0));
const states = () => uploads.list.map(({ name, state }) => `${name} ${state}`);

function make(): UploadsManager {
  const folders = {
    list: (path: string) => Promise.resolve(there.get(path) ?? []),
    changedIn: (path: string) => void told.push(path)
  };
  return new UploadsManager(way, folders, () => now);
}

beforeEach(async () => {
  way = new FakeWay();
  there = new Map();
  told = [];
  now = 0;
  uploads = make();
  await settle();
});
afterEach(() => uploads.dispose());

describe('uploads', () => {
  // proves: filebrowser.uploads
  it('go two at a time, in their order', async () => {
    await uploads.add(
      ['a', 'b', 'c', 'd'].map(name => localFile(name)),
      'home'
    );
    await settle();
    expect(way.acts).toEqual(['start a', 'start b']);
    expect(states()).toEqual(['a sending', 'b sending', 'c waiting', 'd waiting']);
    way.of('b').onDone();
    await settle();
    expect(way.acts.at(-1)).toBe('start c');
    expect(states()).toEqual(['a sending', 'b done', 'c sending', 'd waiting']);
  });

  it('tell how far they are, and how fast', async () => {
    await uploads.add([localFile('a', 4000)], 'home');
    await settle();
    way.of('a').onProgress(1000);
    now = 1000;
    way.of('a').onProgress(3000);
    expect(uploads.list[0]).toMatchObject({ sent: 3000, speed: 2000, size: 4000 });
    way.of('a').onDone();
    expect(uploads.list[0]).toMatchObject({ sent: 4000, speed: 0, state: 'done' });
  });

  it('have the folders above read again when a file of a whole folder has come', async () => {
    await uploads.add([localFile('set/train/a.png')], 'home');
    await settle();
    way.of('set/train/a.png').onDone();
    expect(told).toEqual(['', 'home', 'home/set', 'home/set/train']);
    expect(uploads.list[0]).toMatchObject({ name: 'a.png', folder: 'home/set/train' });
  });

  it('say in the page that the line is cut, and when it is back', async () => {
    await uploads.add([localFile('a')], 'home');
    await settle();
    way.of('a').onStalled();
    expect(states()).toEqual(['a stalled']);
    way.of('a').onProgress(3);
    expect(states()).toEqual(['a sending']);
  });

  it('try at once when the browser is on line again', async () => {
    await uploads.add([localFile('a'), localFile('b')], 'home');
    await settle();
    way.of('a').onStalled();
    way.acts = [];
    window.dispatchEvent(new Event('online'));
    await settle();
    expect(way.acts).toEqual(['pause a', 'start a']);
  });

  it('say why one failed, let the next go, and try it again', async () => {
    await uploads.add([localFile('a'), localFile('b'), localFile('c')], 'home');
    await settle();
    way.of('a').onFailed('The disk is full.');
    await settle();
    expect(uploads.list[0]).toMatchObject({ state: 'failed', error: 'The disk is full.' });
    expect(states()).toEqual(['a failed', 'b sending', 'c sending']);
    uploads.resume('u1');
    expect(states()[0]).toBe('a waiting');
    way.of('b').onDone();
    await settle();
    expect(uploads.list[0]).toMatchObject({ state: 'sending', error: '' });
    expect(way.orders).toHaveLength(3);
  });

  it('fail in words when nothing could be prepared, and are prepared anew', async () => {
    way.failure = new Error('A part of the page could not be loaded.');
    await uploads.add([localFile('a')], 'home');
    await settle();
    expect(uploads.list[0].error).toBe('A part of the page could not be loaded.');
    way.failure = null;
    uploads.resume('u1');
    await settle();
    expect(way.acts).toEqual(['start a']);
  });

  it('are paused and go on where they were', async () => {
    await uploads.add([localFile('a'), localFile('b'), localFile('c')], 'home');
    await settle();
    uploads.pause('u1');
    await settle();
    expect(states()).toEqual(['a paused', 'b sending', 'c sending']);
    way.of('a').onProgress(5);
    expect(states()[0]).toBe('a paused');
    uploads.pauseAll();
    expect(states()).toEqual(['a paused', 'b paused', 'c paused']);
    uploads.resumeAll();
    await settle();
    expect(states()).toEqual(['a sending', 'b sending', 'c waiting']);
    expect(way.acts.filter(act => act === 'start a')).toHaveLength(2);
  });

  it('paused before they were prepared do not start by themselves', async () => {
    let prepared = (): void => undefined;
    const sending = way.send(orderOf('x'));
    way.send = () => new Promise(resolve => (prepared = () => resolve(sending)));
    await uploads.add([localFile('a')], 'home');
    uploads.pause('u1');
    prepared();
    await settle();
    expect(way.acts).toEqual(['pause x']);
  });

  it.each(['pause', 'cancel'] as const)(
    'that cannot be prepared say why and harm nobody, also after: %s',
    async act => {
      const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
      const unhandled = vi.fn();
      process.on('unhandledRejection', unhandled);
      let fail = (): void => undefined;
      way.send = () => new Promise((_, reject) => (fail = () => reject(new Error('No storage.'))));
      await uploads.add([localFile('a')], 'home');
      uploads[act]('u1');
      fail();
      await settle();
      await settle();
      process.off('unhandledRejection', unhandled);
      expect(uploads.list.map(({ error }) => error)).toEqual(
        act === 'pause' ? ['No storage.'] : []
      );
      expect(unhandled).not.toHaveBeenCalled();
      expect(warned).not.toHaveBeenCalled();
      warned.mockRestore();
    }
  );

  it('are given up, and the server forgets them', async () => {
    await uploads.add([localFile('a'), localFile('b'), localFile('c')], 'home');
    await settle();
    uploads.cancel('u1');
    await settle();
    expect(way.acts).toContain('cancel a');
    expect(states()).toEqual(['b sending', 'c sending']);
    way.of('b').onDone();
    uploads.cancelAll();
    await settle();
    expect(states()).toEqual(['b done']);
    expect(way.acts).not.toContain('cancel b');
    uploads.clear();
    expect(uploads.list).toEqual([]);
  });
});

describe('files whose names are taken', () => {
  const files = () => [localFile('a'), localFile('b'), localFile('set/c'), localFile('new/d')];

  beforeEach(() => {
    there.set('home', [anEntry('home/a'), anEntry('home/set/'), anEntry('home/other/')]);
    there.set('home/set', [anEntry('home/set/c')]);
  });

  // proves: filebrowser.conflicts
  it('are asked about before any is sent, those in folders too', async () => {
    expect(await uploads.add(files(), 'home')).toEqual(['a', 'set/c']);
    expect(uploads.list).toEqual([]);
  });

  const sent = () => way.orders.map(({ path, onTaken }) => `${path} ${onTaken}`);
  it.each([
    ['keep', ['a rename', 'b refuse', 'set/c rename', 'new/d refuse']],
    ['replace', ['a overwrite', 'b refuse', 'set/c overwrite', 'new/d refuse']],
    ['skip', ['b refuse', 'new/d refuse']]
  ] as const)('%s', async (conflict, wanted) => {
    expect(await uploads.add(files(), 'home', conflict)).toEqual([]);
    uploads.list.forEach(() => way.orders.forEach(order => order.onDone()));
    await settle();
    expect(sent()).toEqual(wanted);
  });

  it('fail to be found out when the folder cannot be read', async () => {
    const refused = new UploadsManager(way, {
      list: () => Promise.reject(new Error('It is gone.')),
      changedIn: () => undefined
    });
    await expect(refused.add(files(), 'home')).rejects.toThrow('It is gone.');
    refused.dispose();
  });
});

describe('uploads that were interrupted', () => {
  const begun = { id: 'x1', url: '/x1', path: 'home/set/a', length: 10, offset: 4, expires: 9 };

  beforeEach(async () => {
    uploads.dispose();
    way.begun = [begun];
    uploads = make();
    await settle();
  });

  // proves: filebrowser.resume
  it('are listed with what the server has, and go on once the file is chosen again', async () => {
    expect(uploads.list).toEqual([
      expect.objectContaining({ name: 'a', folder: 'home/set', sent: 4, state: 'interrupted' })
    ]);
    await uploads.add([localFile('other')], 'home/set');
    expect(uploads.list.map(({ state }) => state)).toContain('interrupted');
    await uploads.add([localFile('a', 10)], 'home/set');
    expect(uploads.list.map(({ state }) => state)).not.toContain('interrupted');
    expect(way.orders.map(({ instead }) => instead)).toEqual([undefined, 'x1']);
  });

  it('can be given up', async () => {
    uploads.cancel('x1');
    await settle();
    expect(way.acts).toEqual(['forget x1']);
    expect(uploads.list).toEqual([]);
  });

  it('keep nobody from anything when they cannot be read', async () => {
    const warned = vi.spyOn(console, 'warn').mockReturnValue();
    way.unfinished = () => Promise.reject(new Error('No storage.'));
    const other = make();
    await settle();
    expect([other.isReady, other.list, warned.mock.calls.length]).toEqual([true, [], 1]);
    other.dispose();
    warned.mockRestore();
  });
});
