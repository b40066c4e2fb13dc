import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../../../src/api';
import { Choices } from '../../random';
import type { Fate } from './textserver';
import { TextPage, TextServer } from './textserver';

let server: TextServer;

const pass = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => {
  vi.useFakeTimers();
  server = new TextServer();
});
afterEach(() => {
  server.pages.forEach(({ model }) => model.dispose());
  vi.useRealTimers();
});

// proves: state.text
describe('a shared text', () => {
  it('is ready once the server has told of it, also where it is empty', async () => {
    server.take(new Uint8Array([0, 0]));
    server.shorten();
    const page = new TextPage(server);
    await pass(0);
    expect([page.model.isReady, page.text, page.model.isSaved]).toEqual([true, '', true]);
  });

  it('brings what one writes to the others, and merges what is written at once', async () => {
    const [ada, bob] = [new TextPage(server), new TextPage(server)];
    ada.model.text.insert(0, 'hello ');
    await pass(10);
    expect([bob.text, server.text]).toEqual(['hello ', 'hello ']);
    ada.model.text.insert(6, 'Ada');
    bob.model.text.insert(6, 'Bob');
    await pass(60);
    expect(ada.text).toBe(bob.text);
    expect(['hello AdaBob', 'hello BobAda']).toContain(server.text);
  });

  it('posts 20 times a second at most, whatever is typed', async () => {
    const ada = new TextPage(server);
    for (let letter = 0; letter < 200; letter++) {
      ada.model.text.insert(letter, 'x');
      await pass(5);
    }
    expect(ada.model.isSaved).toBe(false);
    await pass(100);
    expect(ada.requests).toBeLessThanOrEqual(22);
    expect([server.text.length, ada.model.isSaved]).toEqual([200, true]);
  });

  it('sends nothing back that it was told', async () => {
    const [ada, bob] = [new TextPage(server), new TextPage(server)];
    ada.model.text.insert(0, 'hello');
    await pass(100);
    expect([bob.text, bob.requests]).toEqual(['hello', 0]);
  });

  it('goes on when many updates become one', async () => {
    const [ada, bob] = [new TextPage(server), new TextPage(server)];
    ada.model.text.insert(0, 'hello');
    await pass(100);
    server.shorten();
    bob.model.text.insert(5, ' there');
    await pass(100);
    expect([ada.text, bob.text, server.text]).toEqual(Array(3).fill('hello there'));
  });

  it('tells whether all is saved and whether the connection is there', async () => {
    const ada = new TextPage(server);
    await pass(0);
    const said: unknown[] = [];
    ada.model.changed.connect(({ isSaved, isConnected }) => said.push([isSaved, isConnected]), {});
    ada.model.text.insert(0, 'a');
    await pass(10);
    ada.cut();
    ada.mend();
    expect(said).toEqual([
      [false, true],
      [true, true],
      [true, false],
      [true, true]
    ]);
  });

  it('says why it is refused, and tries again with the next change', async () => {
    const ada = new TextPage(server);
    ada.refusal = new ApiError(413, { message: 'The text is too long.' });
    ada.model.text.insert(0, 'too long');
    await pass(10_000);
    expect([ada.model.error, ada.requests]).toEqual(['The text is too long.', 1]);
    ada.refusal = null;
    ada.model.text.delete(3, 5);
    await pass(10_000);
    expect([ada.model.error, server.text, ada.model.isSaved]).toEqual(['', 'too', true]);
  });

  it('sends what is left when the page goes, so that it arrives', async () => {
    const ada = new TextPage(server);
    await pass(0);
    ada.model.text.insert(0, 'a');
    window.dispatchEvent(new Event('pagehide'));
    await pass(10);
    expect([server.text, ada.keptAlive]).toEqual(['a', 1]);
    ada.model.text.insert(0, 'b');
    ada.model.dispose();
    await pass(10);
    expect([server.text, ada.keptAlive]).toEqual(['ba', 2]);
  });
});

// proves: state.text-cut
describe('a text over a bad connection', () => {
  it('has lost nothing after a minute without one', async () => {
    const [ada, bob] = [new TextPage(server), new TextPage(server)];
    ada.model.text.insert(0, 'one two');
    await pass(100);
    ada.cut();
    for (let second = 0; second < 60; second++) {
      ada.model.text.insert(ada.text.length, 'a');
      bob.model.text.insert(0, 'b');
      await pass(1000);
    }
    expect([ada.model.isConnected, ada.model.isSaved]).toEqual([false, false]);
    ada.mend();
    await pass(100);
    const all = `${'b'.repeat(60)}one two${'a'.repeat(60)}`;
    expect([ada.text, bob.text, server.text]).toEqual([all, all, all]);
    expect(ada.model.isSaved).toBe(true);
  });

  it('gives a server what it lost when it came back from an older backup', async () => {
    const ada = new TextPage(server);
    ada.model.text.insert(0, 'kept ');
    await pass(100);
    ada.model.text.insert(5, 'lost');
    await pass(100);
    server.restore(1);
    expect(server.text).toBe('kept ');
    await pass(100);
    expect([server.text, ada.text]).toEqual(['kept lost', 'kept lost']);
  });

  it('gives a server what it misses of something that an update builds on', async () => {
    const ada = new TextPage(server);
    ada.model.text.insert(0, 'kept ');
    await pass(100);
    ada.cut();
    server.restore(0);
    ada.state = 'open'; // it can post again, and does not follow yet
    ada.model.text.insert(5, 'more');
    await pass(100);
    expect(server.text).toBe('kept more');
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'ends alike for all, whatever is dropped, doubled and delayed (%i)',
    async seed => {
      const choices = new Choices(seed);
      const pages = [1, 2, 3].map(() => new TextPage(server));
      const letters: string[] = [];
      for (const page of pages) {
        page.fate = () => choices.of<Fate>(['lost', 'unanswered', 'arrives', 'arrives']);
        page.delay = () => choices.below(300);
      }
      for (let step = 0; step < 120; step++) {
        const page = choices.of(pages);
        const letter = String.fromCharCode(0x4e00 + step); // each only once
        letters.push(letter);
        page.model.text.insert(choices.below(page.text.length + 1), letter);
        await pass(choices.below(200));
        const chance = choices.below(12);
        if (chance === 0) {
          page.cut();
        } else if (chance === 1) {
          pages.filter(({ state }) => state === 'lost').forEach(one => one.mend());
        } else if (chance === 2) {
          server.shorten();
        }
      }
      pages.forEach(page => {
        page.fate = () => 'arrives';
        if (page.state === 'lost') {
          page.mend();
        }
      });
      await pass(30_000);
      expect([...server.text].sort()).toEqual(letters.sort());
      expect(pages.map(({ text }) => text)).toEqual(Array(3).fill(server.text));
      expect(pages.every(({ model }) => model.isSaved)).toBe(true);
    }
  );
});
