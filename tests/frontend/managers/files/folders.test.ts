import { describe, expect, it, vi } from 'vitest';
import type { FolderEntry } from '../../../../src/api/files/files';
import { KnownFolders } from '../../../../src/managers/files/folders';
import { anEntry } from '../../files';

/** Folders whose answers a test gives when it wants to. */
function folders() {
  const asked: { path: string; answer: (entries: FolderEntry[]) => void; refuse: () => void }[] =
    [];
  const changed = vi.fn();
  const known = new KnownFolders(
    path =>
      new Promise((answer, reject) =>
        asked.push({ path, answer, refuse: () => reject(new Error('It is gone.')) })
      ),
    changed
  );
  const settle = () => new Promise(resolve => setTimeout(resolve, 0));
  return { known, asked, changed, settle };
}

const names = (known: KnownFolders, path: string) =>
  known.listing(path).entries?.map(({ name }) => name) ?? null;

describe('folders that are looked at', () => {
  it('are unknown, then read, and told of', async () => {
    const { known, asked, changed, settle } = folders();
    expect(known.listing('a')).toEqual({ entries: null, error: '' });
    known.show('a');
    asked[0].answer([anEntry('a/one.txt')]);
    await settle();
    expect(names(known, 'a')).toEqual(['one.txt']);
    expect(changed).toHaveBeenCalled();
  });

  it('are read again when something changed while they were being read', async () => {
    const { known, asked, settle } = folders();
    known.show('a');
    void known.read('a');
    void known.read('a');
    asked[0].answer([anEntry('a/old.txt')]);
    await settle();
    expect(asked).toHaveLength(2);
    asked[1].answer([anEntry('a/new.txt')]);
    await settle();
    expect(names(known, 'a')).toEqual(['new.txt']);
    expect(asked).toHaveLength(2);
  });

  it('say why they cannot be read, and are right again afterwards', async () => {
    const { known, asked, settle } = folders();
    known.show('a');
    asked[0].refuse();
    await settle();
    expect(known.listing('a')).toEqual({ entries: null, error: 'It is gone.' });
    void known.refresh();
    asked[1].answer([]);
    await settle();
    expect(known.listing('a')).toEqual({ entries: [], error: '' });
  });

  it('are the only ones that are read again', async () => {
    const { known, asked, settle } = folders();
    known.show('a');
    const left = known.show('b');
    asked.forEach(one => one.answer([]));
    await settle();
    left.dispose();
    expect(known.isShown).toBe(true);
    void known.refresh();
    expect(asked.slice(2).map(({ path }) => path)).toEqual(['a']);
  });

  it('are read again after a command, also unseen ones, but none that nobody ever saw', async () => {
    const { known, asked, settle } = folders();
    known.show('a').dispose();
    asked[0].answer([]);
    await settle();
    void known.refresh(['a', 'never']);
    expect(asked.slice(1).map(({ path }) => path)).toEqual(['a']);
  });

  it('are forgotten when they are many and nobody looks', async () => {
    const { known, asked, settle } = folders();
    for (let at = 0; at < 60; at++) {
      const shown = known.show(`f${at}`);
      asked[at].answer([]);
      await settle();
      shown.dispose();
    }
    expect(known.listing('f0').entries).toBeNull();
    expect(known.listing('f59').entries).toEqual([]);
    expect(known.isShown).toBe(false);
  });
});
