import type { ICommandPalette } from '@jupyterlab/apputils';
import type { ILauncher } from '@jupyterlab/launcher';
import { nullTranslator } from '@jupyterlab/translation';
import { act } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobsPage } from '../../../../src/panels/jobspage';
import { jobsPagePlugin } from '../../../../src/plugins/jobs/jobspage';
import type { IJobSelection } from '../../../../src/tokens/jobs';
import { JobCommands } from '../../../../src/tokens/jobs';
import { FakeLab, FakeRestorer, FakeState, fakeEntries } from '../../lab';
import { FakeJobs, aJob, fakeWorkbench, giveSize } from '../../support';

const COLUMNS = 'jupyter-crispdm:jobs-page:columns';

let lab: FakeLab;
let restorer: FakeRestorer;
let state: FakeState;
let selection: IJobSelection;

function start(): void {
  const jobs = new FakeJobs();
  jobs.list = [aJob({ id: 'a' }), aJob({ id: 'b' }), aJob({ id: 'c', state: 'failed' })];
  selection = jobsPagePlugin.activate(
    lab.app,
    fakeWorkbench(jobs).workbench,
    nullTranslator,
    restorer.asRestorer,
    null,
    null,
    state.asState
  ) as IJobSelection;
}

const page = () => lab.places.at(-1)?.widget as JobsPage;
const open = (args = {}) => act(() => lab.run(JobCommands.openTable, args) as Promise<void>);

beforeEach(() => {
  giveSize(520);
  lab = new FakeLab();
  restorer = new FakeRestorer();
  state = new FakeState();
  start();
});
afterEach(() => lab.dispose());

describe('the table of all jobs', () => {
  it('is one page, however often it is asked for', async () => {
    await open();
    lab.current = null;
    await open();
    expect(lab.places).toHaveLength(1);
    expect(lab.current).toBe(page());
    expect(page().title.label).toBe('Jobs');
  });

  it('comes back with its search, states and order', async () => {
    const view = { text: 'tag:x', states: ['failed'], sort: { key: 'name', descending: false } };
    await open({ view });
    expect(page().model.view).toMatchObject(view);
    expect(restorer.saved(page())).toEqual(['jobs', { view }]);
  });

  it('has the columns that were chosen the last time, in whichever page', async () => {
    await open();
    const save = vi.spyOn(restorer.tracker!, 'save').mockResolvedValue(undefined);
    const columns = { shown: { tags: false, 'metric:loss': true }, widths: { name: 300 } };
    act(() => page().model.setView({ columns }));
    expect(save).toHaveBeenCalledWith(page());
    expect(JSON.parse(state.kept.get(COLUMNS)!)).toEqual(columns);
    page().dispose();
    await open();
    expect(lab.places).toHaveLength(2);
    expect(page().model.view.columns).toEqual(columns);
  });

  it.each([
    ['nothing', undefined],
    ['a list', []],
    ['something else', { shown: { tags: 'no' }, widths: { name: null } }]
  ])('has its usual columns where %s was remembered', async (_, kept) => {
    state.put(COLUMNS, kept ?? null);
    await open();
    expect(page().model.view.columns).toEqual({ shown: {}, widths: {} });
  });

  it('is named for the place where its command stands', () => {
    const { commands } = lab;
    expect(commands.label(JobCommands.openTable, { isLauncher: true })).toBe('Jobs');
    expect(commands.label(JobCommands.openTable)).toBe('Show All Jobs');
    expect(commands.icon(JobCommands.openTable)).toBeTruthy();
    expect(commands.icon(JobCommands.openTable, { isPalette: true })).toBeUndefined();
  });

  it('stands in the palette and among the things to start with', () => {
    lab = new FakeLab();
    const palette = fakeEntries<ICommandPalette>();
    const launcher = fakeEntries<ILauncher>();
    const { workbench } = fakeWorkbench(new FakeJobs());
    const rest = [null, palette.as, launcher.as, null] as const;
    void jobsPagePlugin.activate(lab.app, workbench, nullTranslator, ...rest);
    const commands = [...palette.entries, ...launcher.entries].map(({ command }) => command);
    expect(commands).toEqual([JobCommands.openTable, JobCommands.openTable]);
  });
});

describe('the marked jobs', () => {
  it('are those of the page that is in front', async () => {
    expect(selection.ids).toEqual([]);
    await open();
    const { model } = page();
    act(() => {
      model.selection = { ...model.selection, marked: new Set(['a', 'c']) };
    });
    // A widget that gets the focus is the current one of its tracker.
    page().node.dispatchEvent(new FocusEvent('focus'));
    expect(selection.ids).toEqual(['a', 'c']);
    page().hide();
    expect(selection.ids).toEqual([]);
  });
});
