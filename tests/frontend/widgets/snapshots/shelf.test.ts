import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '../../../../src/api';
import { Shelf } from '../../../../src/widgets/snapshots/shelf';
import type { IPut } from '../../../../src/widgets/snapshots/desk';
import { FakeSnapshots } from '../../snapshots';

/** Fields that take what they are given, but for those that a test names. */
class FakeDesk {
  now: Record<string, unknown> = { 'train/Epochs': 10, 'train/Way': 'Adam' };
  answer: Partial<IPut> = {};
  readonly puts: [object, readonly string[]][] = [];
  values(): Promise<Record<string, unknown>> {
    return Promise.resolve({ ...this.now });
  }
  put(values: Readonly<Record<string, unknown>>, forget: readonly string[]): Promise<IPut> {
    this.puts.push([values, forget]);
    Object.assign(this.now, values);
    return Promise.resolve({ misfits: [], waiting: [], ...this.answer });
  }
}

let snapshots: FakeSnapshots;
let desk: FakeDesk;
let shelf: Shelf;
let files: [string, string][];

beforeEach(async () => {
  [snapshots, desk, files] = [new FakeSnapshots(), new FakeDesk(), []];
  shelf = new Shelf('digits', snapshots, desk, (...file) => void files.push(file));
  shelf.refresh();
  await idle();
});

/** Until nothing goes on any more. */
async function idle(): Promise<void> {
  do {
    await new Promise(done => setTimeout(done, 0));
  } while (shelf.said.kind === 'busy');
}
async function did(start: () => void): Promise<void> {
  start();
  await idle();
}
const add = async (...told: Parameters<FakeSnapshots['add']>) => {
  snapshots.add(...told);
  await did(() => shelf.refresh());
  return shelf.works!.at(-1)!;
};
const saves = () => snapshots.asked.filter(([what]) => what === 'save');

// proves: saved.named
describe('work under a name', () => {
  it('is what all fields hold now', async () => {
    await did(() => shelf.save('lunch', 'why'));
    expect(snapshots.list[0]).toMatchObject({ name: 'lunch', note: 'why', values: desk.now });
    expect([shelf.current, shelf.works?.map(({ name }) => name)]).toEqual(['lunch', ['lunch']]);
    expect(shelf.said).toMatchObject({ kind: 'done', action: 'save', name: 'lunch' });
  });

  it('is loaded into the fields, and is then what is worked on', async () => {
    const work = await add('lunch', { 'train/Epochs': 20 });
    desk.answer = { misfits: [{ name: 'x', reason: 'y' }], waiting: ['a', 'b'] };
    await did(() => shelf.load(work));
    expect(desk.puts).toEqual([[{ 'train/Epochs': 20 }, []]]);
    expect(shelf.current).toBe('lunch');
    expect(shelf.said).toMatchObject({ misfits: desk.answer.misfits, waiting: 2, name: 'lunch' });
  });

  it('of a colleague is loaded by their name, and not worked on under it', async () => {
    await add('lunch', { a: 1 });
    const theirs = await add('lunch', { a: 2 }, { by: 'bo', shared: true });
    await did(() => shelf.load(theirs));
    expect([desk.puts[0][0], shelf.current]).toEqual([{ a: 2 }, '']);
    expect([shelf.isOwn(theirs), shelf.isOwn(shelf.works![0])]).toEqual([false, true]);
  });

  it('is renamed, shared and duplicated', async () => {
    const work = await add('lunch', { a: 1 });
    await did(() => shelf.load(work));
    await did(() => shelf.rename(work, 'dinner'));
    expect(shelf.current).toBe('dinner');
    await did(() => shelf.share(shelf.works![0], true));
    expect([snapshots.list[0].shared, shelf.said]).toMatchObject([true, { action: 'share' }]);
    await did(() => shelf.copy(shelf.works![0]));
    await did(() => shelf.copy(shelf.works![0]));
    expect(snapshots.list.map(({ name, shared }) => [name, shared])).toEqual([
      ['dinner', true],
      ['dinner (copy)', false],
      ['dinner (copy 2)', false]
    ]);
    expect(snapshots.list[2].values).toEqual({ a: 1 });
    await did(() => shelf.share(shelf.works![0], false));
    expect(shelf.said).toMatchObject({ action: 'unshare', kind: 'done' });
  });

  it('with a long name has a copy whose name is not too long', async () => {
    const work = await add('x'.repeat(100));
    await did(() => shelf.copy(work));
    expect([snapshots.list[1].name.length, snapshots.list[1].name.endsWith('x (copy)')]).toEqual([
      100,
      true
    ]);
  });

  it('is told of as failed when the server refuses, and nothing else changes', async () => {
    snapshots.failure = new Error('The disk is full.');
    await did(() => shelf.save('lunch', ''));
    expect(shelf.said).toEqual({
      kind: 'failed', action: 'save', name: 'lunch', reason: 'The disk is full.'
    }); // prettier-ignore
    expect(shelf.current).toBe('');
  });

  it('does one thing after the other', async () => {
    shelf.save('one', '');
    shelf.save('two', '');
    await idle();
    expect(saves().map(([, name]) => name)).toEqual(['one']);
  });
});

// proves: saved.questions
describe('what would be lost', () => {
  it('is asked for before it is replaced, and stays when the answer is no', async () => {
    await add('lunch', { old: 1 }, { shared: true });
    await did(() => shelf.save('lunch', ''));
    expect(shelf.question).toMatchObject({ about: 'replace', name: 'lunch' });
    expect(snapshots.list[0].values).toEqual({ old: 1 });
    shelf.dismiss();
    expect(shelf.question).toBeNull();
    await did(() => shelf.save('lunch', ''));
    await did(() => shelf.question!.yes());
    expect(snapshots.list.map(({ values, shared }) => [values, shared])).toEqual([
      [desk.now, true]
    ]);
    expect([shelf.question, shelf.current]).toEqual([null, 'lunch']);
  });

  it('is not asked for twice with one answer', async () => {
    await add('lunch');
    await did(() => shelf.save('lunch', ''));
    await did(() => shelf.question!.yes());
    shelf.current = '';
    await did(() => shelf.save('lunch', ''));
    expect(shelf.question?.about).toBe('replace');
  });

  it('is asked for also when another tab took the name meanwhile', async () => {
    snapshots.add('lunch', { old: 1 });
    await did(() => shelf.save('lunch', ''));
    expect(shelf.question).toMatchObject({ about: 'replace', name: 'lunch' });
    await did(() => shelf.question!.yes());
    expect(snapshots.list[0].values).toEqual(desk.now);
  });

  it('is what one works on: that is saved again without a question', async () => {
    await did(() => shelf.save('lunch', ''));
    desk.now = { 'train/Epochs': 30 };
    await did(() => shelf.save('lunch', ''));
    expect([shelf.question, snapshots.list[0].values]).toEqual([null, { 'train/Epochs': 30 }]);
  });

  it('is asked for before it is deleted', async () => {
    const work = await add('lunch');
    await did(() => shelf.load(work));
    await did(() => shelf.remove(work));
    expect([snapshots.list.length, shelf.question?.about]).toEqual([1, 'delete']);
    await did(() => shelf.question!.yes());
    expect([snapshots.list, shelf.works, shelf.current]).toEqual([[], [], '']);
  });

  it('is never replaced by another name', async () => {
    await add('dinner');
    const work = await add('lunch');
    await did(() => shelf.rename(work, 'dinner'));
    expect(shelf.said).toMatchObject({ kind: 'failed', action: 'rename' });
  });
});

// proves: saved.undo
describe('a load', () => {
  it('is undone: what was there before is put back, and what waited for a page is forgotten', async () => {
    await did(() => shelf.save('first', ''));
    const work = await add('lunch', { 'train/Epochs': 20, 'later/Rate': 0.1 });
    desk.answer = { waiting: ['later/Rate'] };
    await did(() => shelf.load(work));
    expect(shelf.canUndo).toBe(true);
    desk.answer = {};
    await did(() => shelf.undo());
    expect(desk.puts[1]).toEqual([{ 'train/Epochs': 10 }, ['later/Rate']]);
    expect([shelf.canUndo, shelf.current]).toEqual([false, 'first']);
    await did(() => shelf.undo());
    expect(desk.puts.length).toBe(2);
  });

  it('that failed leaves nothing to undo', async () => {
    const work = await add('lunch');
    snapshots.list = [];
    await did(() => shelf.load(work));
    expect([shelf.canUndo, desk.puts, shelf.said.kind]).toEqual([false, [], 'failed']);
  });
});

// proves: saved.files
describe('a file', () => {
  const file = (content: unknown) => new File([JSON.stringify(content)], 'mine.json');

  it('is made of work', async () => {
    const work = await add('lunch', { a: 1 });
    await did(() => shelf.exportWork(work));
    expect(files.map(([name]) => name)).toEqual(['lunch.json']);
    expect(JSON.parse(files[0][1])).toMatchObject({ name: 'lunch', values: { a: 1 } });
  });

  it('becomes saved work, and what it lost is named', async () => {
    await did(() => shelf.importWork(file({ name: 'lunch', note: 'n', values: { a: 1, '': 2 } })));
    expect(snapshots.list[0]).toMatchObject({ name: 'lunch', note: 'n', values: { a: 1 } });
    expect(shelf.said).toMatchObject({
      name: 'lunch',
      misfits: [{ name: '', reason: 'bad-name' }]
    });
    expect(desk.puts).toEqual([]);
  });

  it('replaces no work without a question', async () => {
    await add('lunch', { old: 1 });
    await did(() => shelf.importWork(file({ name: 'lunch', values: { a: 1 } })));
    expect([shelf.question?.about, snapshots.list[0].values]).toEqual(['replace', { old: 1 }]);
    await did(() => shelf.question!.yes());
    expect(snapshots.list[0].values).toEqual({ a: 1 });
  });

  it('that is none is told of', async () => {
    await did(() => shelf.importWork(new File(['x'], 'x.json')));
    expect(shelf.said).toMatchObject({ kind: 'failed', action: 'import', reason: 'file-no-json' });
  });

  it('that the server refuses is told of', async () => {
    snapshots.failure = new ApiError(413, { message: 'too much' });
    await did(() => shelf.importWork(file({ values: {} })));
    expect(shelf.said).toMatchObject({ kind: 'failed', reason: 'too much' });
  });
});
