import type { ICommandPalette } from '@jupyterlab/apputils';
import type { IStatusBar } from '@jupyterlab/statusbar';
import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { Signal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jobsSectionPlugin } from '../../../../src/plugins/jobs/section';
import { statusBarPlugin } from '../../../../src/plugins/jobs/statusbar';
import { JobCommands } from '../../../../src/tokens/jobs';
import { RunCommands } from '../../../../src/tokens/runs';
import type { ISection } from '../../../../src/tokens/sidepanel';
import { PanelCommands } from '../../../../src/tokens/sidepanel';
import type { FakeConnection } from '../../support';
import { FakeJobs, aJob, fakeWorkbench, giveSize } from '../../support';
import { FakeLab, fakeEntries } from '../../lab';

let lab: FakeLab;
let jobs: FakeJobs;
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name });
const frame = () => act(() => new Promise<void>(resolve => requestAnimationFrame(() => resolve())));

beforeEach(() => {
  giveSize(520);
  lab = new FakeLab();
  jobs = new FakeJobs();
  jobs.list = [aJob({ id: 'a', name: 'train' }), aJob({ id: 'b', name: 'evaluate' })];
});
afterEach(() => lab.dispose());

describe('the jobs in the side panel', () => {
  let sections: ISection[];
  let inFront: Signal<object, { newValue: { id: string } | null }>;
  let palette: ReturnType<typeof fakeEntries<ICommandPalette>>;

  beforeEach(() => {
    lab.stand(...Object.values(JobCommands));
    sections = [];
    inFront = new Signal({});
    palette = fakeEntries<ICommandPalette>();
    const panel = { addSection: (one: ISection) => void sections.push(one) };
    void jobsSectionPlugin.activate(
      lab.app,
      fakeWorkbench(jobs).workbench,
      nullTranslator,
      panel,
      palette.as,
      { currentChanged: inFront }
    );
    render(sections[0].render());
  });

  const selected = () =>
    [...document.querySelectorAll<HTMLElement>('[data-selected]')].map(row => row.dataset.jobId);

  it('stand under buttons that run, show and stop', () => {
    expect(sections.map(({ name, label }) => [name, label])).toEqual([['jobs', 'Jobs']]);
    const commands = [
      JobCommands.runFile,
      JobCommands.openTable,
      RunCommands.openTable,
      JobCommands.stopAll
    ];
    expect(sections[0].buttons?.map(({ command }) => command)).toEqual(commands);
    expect(palette.entries.map(({ command }) => command)).toEqual([
      JobCommands.runFile,
      JobCommands.stopAll
    ]);
  });

  it('are looked at by a click, kept by two, and stopped', () => {
    fireEvent.click(button('train, Running'));
    fireEvent.doubleClick(button('train, Running'));
    fireEvent.click(button('Stop evaluate'));
    expect(lab.asked).toEqual([
      [JobCommands.open, { id: 'a', preview: true }],
      [JobCommands.open, { id: 'a' }],
      [JobCommands.stop, { id: 'b' }]
    ]);
  });

  it('have that one marked whose page is in front', () => {
    const show = (id: string | null) => act(() => inFront.emit({ newValue: id ? { id } : null }));
    show('jupyter-crispdm:job:b');
    expect(selected()).toEqual(['b']);
    show('some-notebook');
    expect(selected()).toEqual([]);
    show('jupyter-crispdm:job:a');
    show(null);
    expect(selected()).toEqual([]);
  });

  it('are filtered as one types, and all there again', async () => {
    const field = screen.getByRole<HTMLInputElement>('searchbox', { name: 'Filter jobs' });
    fireEvent.change(field, { target: { value: 'eval' } });
    expect(screen.getAllByRole('listitem')).toHaveLength(1);
    fireEvent.change(field, { target: { value: 'constructor:x' } });
    fireEvent.click(button('Show all'));
    await frame();
    expect(field.value).toBe('');
    expect(screen.getAllByRole('listitem')).toHaveLength(2);
  });

  it('are fetched when there are older ones', async () => {
    expect(screen.queryByRole('button', { name: 'Load older' })).toBeNull();
    jobs.hasOlder = true;
    jobs.changed.emit();
    await frame();
    fireEvent.click(button('Load older'));
    expect(lab.asked).toEqual([[JobCommands.loadOlder, {}]]);
  });

  it('say what to do where there is none, and why they cannot be shown', async () => {
    jobs.list = [];
    jobs.changed.emit();
    await frame();
    fireEvent.click(button('Run a file as a job'));
    expect(lab.asked).toEqual([[JobCommands.runFile, {}]]);
    jobs.error = 'You may not see the jobs.';
    jobs.changed.emit();
    await frame();
    expect(screen.getByRole('alert').textContent).toContain('You may not see the jobs.');
  });
});

describe('the number of running jobs in the status bar', () => {
  const start = async (statusBar: Partial<IStatusBar> | null) => {
    lab.stand(PanelCommands.show);
    const { workbench } = fakeWorkbench(jobs);
    await statusBarPlugin.activate(lab.app, workbench, nullTranslator, statusBar);
    return workbench;
  };

  it('leads to the panel, and says when nobody knows it', async () => {
    const items: Widget[] = [];
    const registerStatusItem = (_: string, { item }: { item: Widget }) => void items.push(item);
    const workbench = await start({ registerStatusItem } as unknown as IStatusBar);
    act(() => lab.shell.add(items[0], 'bottom', {}));
    await frame();
    fireEvent.click(button('2 jobs'));
    expect(lab.asked).toEqual([[PanelCommands.show, {}]]);
    act(() => (workbench.connection as FakeConnection).become('lost'));
    expect(button('Offline').title).toBe('No connection to the server');
  });

  it('is not missed where there is no status bar', async () => {
    await expect(start(null)).resolves.toBeTruthy();
  });
});
