import { describe, expect, it } from 'vitest';
import { fileName, readWork, writeWork } from '../../../../src/components/snapshots/file';
import { aWork } from '../../snapshots';

const file = (text: string, name = 'work.json') => new File([text], name);
const read = (content: unknown, name?: string) => readWork(file(JSON.stringify(content), name));

// proves: saved.files
describe('a file of saved work', () => {
  it('says what was saved, and is read as it was', async () => {
    const values = { 'train/Epochs': 20, 'train/Way': 'SGD', 'data/Day': { year: 2026 } };
    const text = writeWork('digits', { ...aWork(), values, lost: [] });
    expect(JSON.parse(text)).toMatchObject({ page: 'digits', by: 'ann', version: 1 });
    const { work, misfits } = await readWork(file(text));
    expect(work).toEqual({ name: 'before lunch', note: 'the loss still falls', values });
    expect(misfits).toEqual([]);
  });

  it.each([
    ['before lunch', 'before lunch.json'],
    ['../../etc/passwd', 'etc-passwd.json'],
    ['<b>"x"</b>', 'b-x-b.json'],
    ['été 2', 'été 2.json'],
    ['...', 'work.json'],
    ['x'.repeat(100), `${'x'.repeat(80)}.json`]
  ])('of %s is called so that every system takes it', (name, wanted) => {
    expect(fileName(name)).toBe(wanted);
  });
});

// proves: saved.hostile
describe('a file that somebody else wrote', () => {
  it.each([
    ['', 'file-no-json'],
    ['{', 'file-no-json'],
    ['[1]', 'file-no-work'],
    ['null', 'file-no-work'],
    ['5', 'file-no-work'],
    ['{}', 'file-no-work'],
    ['{"values": []}', 'file-no-work'],
    ['{"values": null}', 'file-no-work'],
    ['{"__proto__": {"values": {"a": 1}}}', 'file-no-work'],
    ['['.repeat(200_000), 'file-no-json']
  ])('is refused when it is no saved work: %.30s', async (text, reason) => {
    await expect(readWork(file(text))).rejects.toThrow(reason);
  });

  it('is refused unread when it is too large', async () => {
    const large = new File([new Uint8Array(8 * 2 ** 20 + 1)], 'large.json');
    large.text = () => Promise.reject(new Error('read'));
    await expect(readWork(large)).rejects.toThrow('file-too-large');
  });

  it('is refused with too many values', async () => {
    const values = Object.fromEntries(Array.from({ length: 1001 }, (_, at) => [`a/${at}`, at]));
    await expect(read({ values })).rejects.toThrow('file-too-many');
  });

  it('loses names that no field can have, and says which', async () => {
    const long = 'x'.repeat(301);
    const { work, misfits } = await read({ values: { '': 1, 'a\nb': 2, [long]: 3, 'a/b': 4 } });
    expect(work.values).toEqual({ 'a/b': 4 });
    expect(misfits.map(({ name }) => name)).toEqual(['', 'a\nb', 'x'.repeat(60)]);
  });

  it('changes no object that others have', async () => {
    const { work } = await readWork(file('{"values": {"__proto__": {"polluted": 1}, "a/b": 1}}'));
    expect(Object.keys(work.values)).toEqual(['__proto__', 'a/b']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it.each([
    [5, 'file.json', 'file'],
    ['', 'mine.JSON', 'mine'],
    ['x'.repeat(101), 'mine.json', 'mine'],
    ['a\u0000b', '.json', 'work'],
    ['  good  ', 'mine.json', 'good']
  ])('that calls itself %j has a name all the same', async (name, at, wanted) => {
    const { work } = await read({ name, values: {} }, at);
    expect(work.name).toBe(wanted);
  });

  it('keeps no note that is none', async () => {
    for (const note of [5, {}, 'x'.repeat(1001)]) {
      const { work, misfits } = await read({ note, values: {} });
      expect([work.note, misfits]).toEqual(['', [{ name: 'note', reason: 'no-text' }]]);
    }
  });
});
