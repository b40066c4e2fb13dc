import type { ILabShell } from '@jupyterlab/application';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import { act, fireEvent, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { statePlugins } from '../../../../src/plugins/state';
import type { IPlaceSource } from '../../../../src/tokens/state';
import { IPresence } from '../../../../src/tokens/state';
import { aVisitor, FakePresence } from '../../shared';
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

  // proves: shared.follow
  it('shows whom it follows, until somebody scrolls', async () => {
    presence.others = [aVisitor()];
    presence.follow('s1');
    await waitFor(() => expect(document.querySelector('.crispdm-Follow')).not.toBeNull());
    await act(() => Promise.resolve());
    act(() => void fireEvent.wheel(document.body));
    expect(presence.following).toBe('');
    await waitFor(() => expect(document.querySelector('.crispdm-Follow')).toBeNull());
  });
});
