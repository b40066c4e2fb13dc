import { Signal } from '@lumino/signaling';
import { act, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { ISnapshots } from '../../../../src/tokens/snapshots';
import { watchPage } from '../../../../src/widgets/desk/pagelife';
import { FakeSnapshots } from '../../snapshots';
import type { FakeConnection } from '../../support';
import { FakeJobs, fakeWorkbench } from '../../support';

// What is watched is let go by the test that has watched it.
afterEach(() => expect(document.body.innerHTML).toBe(''));

// proves: desk.banner
it('a page of a dashboard says what is gone, also of the kernel that Voila has', async () => {
  const { workbench, share } = fakeWorkbench(new FakeJobs());
  const snapshots = new FakeSnapshots();
  share(ISnapshots, snapshots);
  const statusChanged = new Signal<object, unknown>({});
  const kernel = {
    status: 'idle',
    connectionStatus: 'connected',
    statusChanged,
    connectionStatusChanged: new Signal<object, unknown>({}),
    reconnect: () => Promise.resolve()
  };
  const app = { widgetManagerPromise: { promise: Promise.resolve({ kernel }) } };
  const watch = await watchPage(app, workbench);
  expect([snapshots.asked, screen.queryByRole('alert')]).toEqual([[['watch', 'dashboard']], null]);
  act(() => {
    kernel.status = 'dead';
    statusChanged.emit(undefined);
  });
  expect(screen.getByRole('alert').textContent).toContain(
    'The program behind this page has ended.'
  );
  expect(screen.getByRole('button', { name: 'Go on' })).toBeTruthy();
  act(() => watch.dispose());
});

// proves: desk.banner
it('a page without a kernel hears of its server', async () => {
  const { workbench } = fakeWorkbench(new FakeJobs());
  const watch = await watchPage({}, workbench);
  act(() => (workbench.connection as FakeConnection).become('lost'));
  expect(screen.getByRole('alert').textContent).toContain('The server cannot be reached.');
  act(() => (workbench.connection as FakeConnection).become('refused'));
  expect(screen.getByRole('button', { name: 'Log in again' })).toBeTruthy();
  act(() => watch.dispose());
});
