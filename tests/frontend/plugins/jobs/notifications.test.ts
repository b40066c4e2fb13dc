import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JobCommands } from '../../../../src/tokens/jobs';
import { notificationsPlugin } from '../../../../src/plugins/jobs/notifications';
import { FakeJobs, aJob, fakeWorkbench } from '../../support';

const settled = () => new Promise(resolve => setTimeout(resolve));

/** The browser's notifications, as far as they are used. */
class FakeNotification {
  static permission: NotificationPermission = 'granted';
  static shown: FakeNotification[] = [];
  static asked = 0;
  static requestPermission(): Promise<NotificationPermission> {
    FakeNotification.asked++;
    FakeNotification.permission = 'granted';
    return Promise.resolve('granted');
  }
  onclick: (() => void) | null = null;
  close = vi.fn();
  constructor(
    readonly title: string,
    readonly options: NotificationOptions
  ) {
    FakeNotification.shown.push(this);
  }
}

class FakeSettings {
  readonly changed = new Signal<this, void>(this);
  constructor(public composite: Record<string, unknown>) {}
  set(name: string, value: unknown): Promise<void> {
    this.composite = { ...this.composite, [name]: value };
    this.changed.emit();
    return Promise.resolve();
  }
}

async function start(composite: Record<string, unknown>) {
  const settings = new FakeSettings(composite);
  const jobs = new FakeJobs();
  const commands = new CommandRegistry();
  const opened: unknown[] = [];
  commands.addCommand(JobCommands.open, {
    describedBy: { args: {} },
    execute: args => opened.push(args.id)
  });
  const app = {
    commands,
    serviceManager: { user: { identity: { username: 'ann' } } }
  } as unknown as JupyterFrontEnd;
  const registry = { load: () => Promise.resolve(settings) } as unknown as ISettingRegistry;
  const { workbench } = fakeWorkbench(jobs);
  void notificationsPlugin.activate(app, workbench, nullTranslator, registry, null);
  await settled();
  return { settings, jobs, commands, opened };
}

function hide(hidden: boolean) {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(hidden);
}

describe('notifications', () => {
  beforeEach(() => {
    vi.stubGlobal('Notification', FakeNotification);
    vi.spyOn(window, 'focus').mockImplementation(() => undefined);
    FakeNotification.permission = 'granted';
    FakeNotification.shown = [];
    FakeNotification.asked = 0;
    Notification.dismiss();
  });

  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it.each([
    ['end', 'succeeded', 1],
    ['end', 'stopped', 1],
    ['failure', 'succeeded', 0],
    ['failure', 'stopped', 0],
    ['failure', 'failed', 1],
    ['failure', 'lost', 1],
    ['never', 'failed', 0]
  ] as const)('told %s, a job that %s is told %s times', async (jobEnded, state, count) => {
    const { jobs } = await start({ jobEnded });
    jobs.ended.emit(aJob({ state }));
    await settled();
    expect(Notification.manager.count).toBe(count);
    expect(FakeNotification.shown).toEqual([]);
  });

  it('tells of the jobs that a program submitted for the user (issue 7)', async () => {
    const { jobs } = await start({});
    jobs.ended.emit(aJob({ via: 'nightly', state: 'failed' }));
    await settled();
    expect(Notification.manager.count).toBe(1);
  });

  it('tells nobody of the jobs of others', async () => {
    const { jobs } = await start({});
    jobs.ended.emit(aJob({ owner: 'ben', state: 'failed' }));
    await settled();
    expect(Notification.manager.count).toBe(0);
  });

  // proves: notices.all
  it('tells it outside the page only while the page is hidden', async () => {
    const { jobs, opened } = await start({ browser: true });
    hide(false);
    jobs.ended.emit(aJob({ state: 'failed' }));
    await settled();
    expect(FakeNotification.shown).toHaveLength(0);
    hide(true);
    jobs.ended.emit(aJob({ state: 'failed', reason: 'exited with code 1' }));
    await settled();
    const [shown] = FakeNotification.shown;
    expect(shown.title).toBe('train: Failed');
    expect(shown.options).toEqual({ body: 'exited with code 1', tag: 'j1' });
    shown.onclick?.();
    expect(opened).toEqual(['j1']);
    expect(FakeNotification.asked).toBe(0);
  });

  it('shows nothing outside the page that the browser does not allow, and does not ask', async () => {
    FakeNotification.permission = 'default';
    const { jobs } = await start({ browser: true });
    hide(true);
    jobs.ended.emit(aJob({ state: 'failed' }));
    await settled();
    expect([FakeNotification.shown.length, FakeNotification.asked]).toEqual([0, 0]);
  });

  it('asks when the command is given, and remembers it', async () => {
    FakeNotification.permission = 'default';
    const { commands, settings } = await start({});
    await commands.execute(JobCommands.enableBrowserNotifications);
    expect(FakeNotification.asked).toBe(1);
    expect(settings.composite.browser).toBe(true);
  });

  it('says so when the browser does not allow it', async () => {
    FakeNotification.permission = 'denied';
    const { commands, settings } = await start({});
    await commands.execute(JobCommands.enableBrowserNotifications);
    expect(settings.composite.browser).toBeUndefined();
    expect(Notification.manager.notifications[0].type).toBe('warning');
  });

  it('asks when the setting is switched on', async () => {
    FakeNotification.permission = 'default';
    const { settings } = await start({ browser: false });
    await settings.set('jobEnded', 'failure');
    expect(FakeNotification.asked).toBe(0);
    await settings.set('browser', true);
    expect(FakeNotification.asked).toBe(1);
  });
});
