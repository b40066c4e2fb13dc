import { beforeEach, describe, expect, it } from 'vitest';
import { ApiClient } from '../../../../src/api';
import { HistoryManager, MOST_COMPARED } from '../../../../src/managers/history/manager';
import type { IPresentFile } from '../../../../src/tokens/history';
import { aLayout, aVersion } from './fakes';
import { fakeServer, json } from '../../support';

let asked: string[];
let manager: HistoryManager;
const KEPT = 'one\ntwo\n';

beforeEach(() => {
  const server = fakeServer(({ method, path }) => {
    const call = `${method} ${path.replace('/base/crispdm/api/', '')}`;
    asked.push(call);
    switch (call) {
      case 'GET history/7':
        return new Response(KEPT);
      case 'POST history/7/restore':
        return json(aVersion({ id: 9 }));
      case 'GET layouts':
        return json({ layouts: [aLayout()] });
      case 'POST layouts/3/restore':
        return json(aLayout({ id: 3 }));
      default:
        return json({ versions: [aVersion({ id: 7 })] });
    }
  });
  asked = [];
  manager = new HistoryManager(new ApiClient(server.settings));
});

function present(text: string, size = text.length): () => Promise<IPresentFile> {
  const read = () => {
    asked.push('read');
    return Promise.resolve(new TextEncoder().encode(text));
  };
  return () => Promise.resolve({ size, read });
}

describe('kept versions', () => {
  it('are listed for a file, whatever it is called', async () => {
    expect(await manager.versions('a b/ü?.py')).toEqual([aVersion({ id: 7 })]);
    expect(asked).toHaveLength(1);
  });

  it('are compared with the file as it is', async () => {
    const comparison = await manager.compare(aVersion({ id: 7 }), present('one\n2\n'));
    expect(comparison).toMatchObject({ kind: 'parts', left: 0 });
    expect(await manager.compare(aVersion({ id: 7 }), present(KEPT))).toEqual({ kind: 'same' });
  });

  it('are not read when there is nothing to compare them with', async () => {
    expect(await manager.compare(aVersion({ id: 7 }), () => Promise.resolve(null))).toEqual({
      kind: 'gone'
    });
    expect(asked).toEqual([]);
  });

  it.each([
    ['version', MOST_COMPARED + 1, 5],
    ['file', 5, MOST_COMPARED + 1]
  ])('are not read when the %s is too large', async (_, size, now) => {
    const comparison = await manager.compare(aVersion({ id: 7, size }), present('x', now));
    expect(comparison).toEqual({ kind: 'too-large' });
    expect(asked).toEqual([]);
  });

  it('are restored by one call', async () => {
    expect((await manager.restore(7)).id).toBe(9);
    expect(asked).toEqual(['POST history/7/restore']);
  });
});

describe('layouts', () => {
  it('are listed and restored', async () => {
    expect(await manager.layouts()).toEqual([aLayout()]);
    expect((await manager.restoreLayout(3)).id).toBe(3);
    expect(asked).toEqual(['GET layouts', 'POST layouts/3/restore']);
  });
});
