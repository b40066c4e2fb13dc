import type { ILabShell } from '@jupyterlab/application';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { statePlugins } from '../../../../src/plugins/state';
import type { IPlaceSource } from '../../../../src/tokens/state';
import { IPresence } from '../../../../src/tokens/state';
import { FakePresence } from '../../shared';
import { FakeJobs, fakeWorkbench } from '../../support';

let presence: FakePresence;
let sources: IPlaceSource[];

beforeEach(async () => {
  [presence, sources] = [new FakePresence(), []];
  const locate = (source: IPlaceSource) => (sources.push(source), presence.show());
  Object.assign(presence, { locate });
  const { workbench, share } = fakeWorkbench(new FakeJobs());
  share(IPresence, presence);
  const app = { serviceManager: { serverSettings: { baseUrl: 'http://here/user/ada/' } } };
  const shell = { currentWidget: null } as unknown as ILabShell;
  const documents = {} as IDocumentManager;
  await statePlugins[0].activate(app as never, workbench, documents, shell);
});
afterEach(() => document.body.replaceChildren());

// proves: presence.pages
describe('presence in Lab', () => {
  it('is told from the start, below the path of the server', () => {
    expect(sources.map(({ place }) => place.page)).toEqual(['/user/ada/lab']);
  });

  it('goes on following while only programs move the page', () => {
    presence.follow('s2');
    for (const type of ['wheel', 'keydown', 'touchmove']) {
      window.dispatchEvent(new Event(type)); // no person did this: it is not trusted
    }
    expect(presence.following).toBe('s2');
  });
});
