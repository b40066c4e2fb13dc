import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard, Dialog, Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { CommandRegistry } from '@lumino/commands';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../../../src/api';
import { environmentCommandsPlugin } from '../../../../src/plugins/environments/commands';
import { EnvironmentCommands, IEnvironments } from '../../../../src/tokens/environments';
import { JobCommands } from '../../../../src/tokens/jobs';
import { dialogShown, press } from '../../dialogs';
import { FakeEnvironments, FakeJobs, anEnvironment, fakeWorkbench } from '../../support';

let commands: CommandRegistry;
let environments: FakeEnvironments;
let hit: string;
let opened: unknown[];
let refreshed: number;

const bare = { name: 'k', ready: false, reason: 'no ipykernel', old: false };

beforeEach(() => {
  commands = new CommandRegistry();
  environments = new FakeEnvironments();
  environments.list = [
    anEnvironment(),
    anEnvironment({ id: 'u', name: 'study', kind: 'uv', prefix: '/envs/study', removable: true }),
    anEnvironment({ id: 'n', name: 'no kernel', kind: 'venv', kernel: bare }),
    anEnvironment({ id: 's', name: 'bare', kind: 'system', kernel: bare }),
    anEnvironment({ id: 'x', name: 'broken', kind: 'venv', usable: false })
  ];
  [hit, opened, refreshed] = ['', [], 0];
  const { workbench, share } = fakeWorkbench(new FakeJobs());
  share(IEnvironments, environments);
  const refreshSpecs = (): Promise<void> => Promise.resolve(void refreshed++);
  const app = {
    commands,
    serviceManager: { kernelspecs: { refreshSpecs } },
    contextMenuHitTest: () => (hit ? { dataset: { environmentId: hit } } : undefined)
  } as unknown as JupyterFrontEnd;
  commands.addCommand(JobCommands.open, {
    execute: args => void opened.push(args.id),
    describedBy: { args: {} }
  });
  void environmentCommandsPlugin.activate(app, workbench, nullTranslator);
});

afterEach(() => Dialog.flush());

const run = (command: string, args = {}) => commands.execute(command, args) as Promise<void>;
const told = () => Notification.manager.notifications[0]?.message;

describe('commands for environments', () => {
  it('delete one after a question that names it and its place', async () => {
    const done = run(EnvironmentCommands.remove, { id: 'u' });
    const dialog = await dialogShown();
    expect(dialog.textContent).toContain('Delete “study”?');
    expect(dialog.textContent).toContain('/envs/study and all packages in it are deleted.');
    await press(dialog, 'Delete environment', done);
    expect(environments.commands).toEqual([['remove', 'u']]);
  });

  it('do nothing for one that is gone meanwhile', async () => {
    const copied = vi.spyOn(Clipboard, 'copyToSystem').mockReturnValue(undefined);
    const clicked = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue(undefined);
    await run(EnvironmentCommands.copyPath, { id: 'gone' });
    await run(EnvironmentCommands.exportList, { id: 'gone', format: 'conda' });
    await run(EnvironmentCommands.installKernel, { id: 'gone' });
    expect(copied).not.toHaveBeenCalled();
    expect(clicked).not.toHaveBeenCalled();
    expect(environments.commands).toEqual([]);
    vi.restoreAllMocks();
  });

  it('delete nothing by Enter alone', async () => {
    const done = run(EnvironmentCommands.remove, { id: 'u' });
    await dialogShown();
    expect(document.activeElement?.textContent).toBe('Cancel');
    fireEvent.keyDown(document.activeElement as Element, { key: 'Enter' });
    await done;
    expect(environments.commands).toEqual([]);
  });

  it('say why one was not deleted', async () => {
    environments.failure = new Error('A job runs in it.');
    const done = run(EnvironmentCommands.remove, { id: 'u' });
    await press(await dialogShown(), 'Delete environment', done);
    expect(told()).toBe('The environment was not deleted: A job runs in it.');
  });

  it('ask nothing about an environment that went away before the click', async () => {
    await run(EnvironmentCommands.remove, { id: 'gone' });
    await run(EnvironmentCommands.showPackages, { id: 'gone' });
    await run(EnvironmentCommands.compare, { id: 'gone' });
    expect(document.querySelector('.jp-Dialog')).toBeNull();
    expect(environments.commands).toEqual([]);
  });

  it('are grey where they cannot work', () => {
    const enabled = (command: string, id: string) => commands.isEnabled(command, { id });
    expect(enabled(EnvironmentCommands.remove, 'u')).toBe(true);
    expect(enabled(EnvironmentCommands.remove, 'server')).toBe(false);
    expect(enabled(EnvironmentCommands.clone, 'u')).toBe(true);
    expect(enabled(EnvironmentCommands.clone, 'x')).toBe(false);
    expect(enabled(EnvironmentCommands.compare, 'u')).toBe(true);
    environments.list = [anEnvironment()];
    expect(enabled(EnvironmentCommands.compare, 'server')).toBe(false);
  });

  it('offer a kernel only where one is missing, and to install only where packages go', () => {
    const seen = (command: string, id: string) => commands.isVisible(command, { id });
    const both = (id: string) => [
      seen(EnvironmentCommands.makeKernel, id),
      seen(EnvironmentCommands.installKernel, id)
    ];
    expect(both('n')).toEqual([true, true]);
    expect(both('s')).toEqual([true, false]);
    expect(both('server')).toEqual([false, false]);
    expect(both('gone')).toEqual([false, false]);
  });

  it('have Lab look for kernels once one was made, for the row under the mouse', async () => {
    const made = vi.spyOn(environments, 'makeKernel');
    hit = 'n';
    await run(EnvironmentCommands.makeKernel);
    expect(made).toHaveBeenCalledWith('n');
    expect(refreshed).toBe(1);
  });

  it('say why a kernel was not made', async () => {
    environments.makeKernel = () => Promise.reject(new Error('The disk is full.'));
    await run(EnvironmentCommands.makeKernel, { id: 'n' });
    expect(told()).toBe('The kernel was not made: The disk is full.');
  });

  it('show the job that installs, and no page when the server refused it', async () => {
    await run(EnvironmentCommands.installKernel, { id: 'n' });
    expect(environments.commands).toEqual([['install', 'n', ['ipykernel']]]);
    expect(opened).toEqual(['j1']);
    environments.failure = new Error('It is not yours.');
    await run(EnvironmentCommands.installKernel, { id: 'n' });
    expect(opened).toEqual(['j1']);
    expect(told()).toBe('ipykernel was not installed: It is not yours.');
  });

  it('say why environments were not looked for', async () => {
    environments.refresh = () => Promise.reject(new Error('No answer.'));
    await run(EnvironmentCommands.refresh);
    expect(told()).toBe('No environments: No answer.');
  });

  it('copy the path of the environment under the mouse', async () => {
    const copy = vi.spyOn(Clipboard, 'copyToSystem').mockImplementation(() => undefined);
    hit = 'u';
    await run(EnvironmentCommands.copyPath);
    expect(copy).toHaveBeenCalledWith('/envs/study');
    copy.mockRestore();
  });

  it('download either list, named after its format', async () => {
    const clicked: string[] = [];
    const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
      this: HTMLAnchorElement
    ) {
      clicked.push(this.getAttribute('href') ?? '');
    });
    await run(EnvironmentCommands.exportList, { id: 'u' });
    await run(EnvironmentCommands.exportList, { id: 'u', format: 'conda' });
    await run(EnvironmentCommands.exportList, { id: 'u', format: 'odd' });
    click.mockRestore();
    expect(clicked).toEqual([
      '/environments/u/export?format=requirements',
      '/environments/u/export?format=conda',
      '/environments/u/export?format=requirements'
    ]);
    const label = (format: string) => commands.label(EnvironmentCommands.exportList, { format });
    expect([label('conda'), label('requirements')]).toEqual([
      'Export as environment.yml',
      'Export as requirements.txt'
    ]);
  });
});

describe('the dialog of a new environment', () => {
  const field = (label: string) => screen.getByLabelText<HTMLInputElement>(label);

  it('opens the page of the job that makes it', async () => {
    const done = run(EnvironmentCommands.create);
    const dialog = await dialogShown();
    fireEvent.change(field('Name'), { target: { value: 'fresh' } });
    await press(dialog, 'Make environment', done);
    expect(environments.commands).toEqual([['create', { name: 'fresh', packages: [] }]]);
    expect(opened).toEqual(['j1']);
  });

  it('stays open with the reason when it is refused, and can be sent again', async () => {
    const refusal = { message: 'That name is taken.', details: { field: 'name' } };
    environments.failure = new ApiError(409, refusal);
    const done = run(EnvironmentCommands.create);
    const dialog = await dialogShown();
    fireEvent.change(field('Name'), { target: { value: 'study' } });
    await press(dialog, 'Make environment', Promise.resolve());
    await waitFor(() => expect(screen.getByText('That name is taken.')).toBeTruthy());
    environments.failure = null;
    await press(dialog, 'Make environment', done);
    expect(environments.commands).toHaveLength(2);
    expect(opened).toEqual(['j1']);
  });

  it('makes nothing when it is left', async () => {
    const done = run(EnvironmentCommands.create);
    await press(await dialogShown(), 'Cancel', done);
    expect(environments.commands).toEqual([]);
    expect(opened).toEqual([]);
  });

  it.each([
    ['study', 'study-copy'],
    ['my study (old)', 'my-study-old-copy'],
    ['.hidden', 'hidden-copy'],
    ['数据', ''],
    ['a'.repeat(80), `${'a'.repeat(58)}-copy`]
  ])('proposes for a copy of “%s” the name “%s”, which the server takes', async (name, copy) => {
    environments.list = [anEnvironment({ id: 'u', name, kind: 'uv' })];
    const done = run(EnvironmentCommands.clone, { id: 'u' });
    const dialog = await dialogShown();
    expect(field('Name').value).toBe(copy);
    expect(field('Environment').value).toBe('u');
    await press(dialog, 'Cancel', done);
  });
});
