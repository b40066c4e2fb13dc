import type { IRouter } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { ICommandPalette } from '@jupyterlab/apputils';
import type { ILauncher } from '@jupyterlab/launcher';
import { nullTranslator } from '@jupyterlab/translation';
import { act } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PLAIN_RUNS } from '../../../../src/panels/runs/model';
import type { RunsPage } from '../../../../src/panels/runs';
import { runPlugins } from '../../../../src/plugins/runs';
import { runLinksPlugin } from '../../../../src/plugins/runs/links';
import { runsPagePlugin } from '../../../../src/plugins/runs/page';
import { runsRoom } from '../../../../src/rooms/runs';
import { IRuns, RunCommands } from '../../../../src/tokens/runs';
import { FakeRuns, aRun } from '../../components/runs/fakes';
import { FakeLab, FakeRestorer, fakeEntries } from '../../lab';
import { FakeJobs, fakeWorkbench, giveSize } from '../../support';

let lab: FakeLab;
let restorer: FakeRestorer;
let runs: FakeRuns;
let fake: ReturnType<typeof fakeWorkbench>;
const palette = fakeEntries<ICommandPalette>();
const launcher = fakeEntries<ILauncher>();

beforeEach(() => {
  giveSize(520);
  lab = new FakeLab();
  restorer = new FakeRestorer();
  runs = new FakeRuns([aRun()]);
  fake = fakeWorkbench(new FakeJobs());
  fake.share<IRuns>(IRuns, runs);
  void runsPagePlugin.activate(
    lab.app,
    fake.workbench,
    nullTranslator,
    restorer.asRestorer,
    palette.as,
    launcher.as
  );
});
afterEach(() => {
  lab.dispose();
  vi.restoreAllMocks();
});

const open = (args = {}) => act(() => lab.run(RunCommands.openTable, args) as Promise<void>);
const page = () => lab.places.at(-1)?.widget as RunsPage;

describe('the table of runs', () => {
  it('is one page of the main area, in the palette and in the launcher', async () => {
    await open();
    await open({ view: { filter: 'favourite' } });
    expect(lab.places).toHaveLength(1);
    expect(lab.current).toBe(page());
    expect(page().model.view.filter).toBe('favourite');
    expect(palette.entries.map(({ command }) => command)).toContain(RunCommands.openTable);
    expect(launcher.entries.map(({ command }) => command)).toContain(RunCommands.openTable);
    const { commands } = lab;
    expect(commands.label(RunCommands.openTable)).toBe('Show the Table of Runs');
    expect(commands.label(RunCommands.openTable, { isLauncher: true })).toBe('Runs');
  });

  it('is opened once where two ask at a time, and the last has its way', async () => {
    const ask = (filter: string) => lab.run(RunCommands.openTable, { view: { filter } });
    await act(async () => void (await Promise.all([ask('lr < 1'), ask('favourite')])));
    expect(lab.places).toHaveLength(1);
    expect(page().model.view.filter).toBe('favourite');
  });

  it('comes back as it was left', async () => {
    await open({ view: { filter: 'favourite', sort: 'name' } });
    const save = vi.spyOn(restorer.tracker!, 'save').mockResolvedValue(undefined);
    act(() => page().model.setView({ columns: ['state'] }));
    expect(save).toHaveBeenCalledWith(page());
    expect(restorer.saved(page())).toEqual([
      'runs',
      { view: { ...PLAIN_RUNS, filter: 'favourite', sort: 'name', columns: ['state'] } }
    ]);
  });
});

describe('the address of a saved view', () => {
  const follow = async (request: string) => {
    const navigate = vi.fn();
    const register = vi.fn();
    const [path, search] = request.split('?');
    const current = { request, path, search: search ? `?${search}` : '', hash: '' };
    const router = { current, navigate, register } as unknown as IRouter;
    void runLinksPlugin.activate(lab.app, router, fake.workbench);
    await act(() => lab.run(RunCommands.followLink) as Promise<void>);
    return navigate;
  };

  it('opens it, and is then taken out of the page’s address', async () => {
    await runs.saveView('my best', { ...PLAIN_RUNS, filter: 'favourite' });
    const navigate = await follow('/lab?runs=my%20best&x=1');
    expect(page().model.view.filter).toBe('favourite');
    expect(navigate).toHaveBeenCalledWith('/lab?x=1', { skipRouting: true });
  });

  it('opens the table as it is where the view is gone, and says so', async () => {
    const told = vi.spyOn(Notification, 'error').mockReturnValue('');
    await follow('/lab?runs=gone');
    expect(page().model.view.filter).toBe('');
    expect(told).toHaveBeenCalledWith("There is no view 'gone'.");
  });

  it('does nothing where none is named', async () => {
    await follow('/lab');
    expect(lab.places).toEqual([]);
  });
});

it('is a room of the page', async () => {
  expect(await runsRoom.plugins?.()).toBe(runPlugins);
  expect(runsRoom.shares).toHaveLength(1);
});
