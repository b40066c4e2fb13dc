import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ITranslator } from '@jupyterlab/translation';
import type { Job, JobState } from '../../api';
import { IJobs, JobCommands } from '../../tokens/jobs';
import { DOMAIN } from '../../components/basics/context';
import { stateLabel } from '../../components/jobs/state';
import { IWorkbench } from '../../tokens/workbench';
import { textArguments } from '../basics/commands';

const KINDS: Partial<Record<JobState, Notification.TypeOptions>> = {
  succeeded: 'success',
  failed: 'error',
  lost: 'error'
};
const SHOWN_MILLISECONDS = 8000;
/** In a plain Lab, where every login has another random name, the server says whose the jobs are. */
const OWNER = 'crispdmOwner';

/** What the user chose. */
interface IChoice {
  jobEnded: 'end' | 'failure' | 'never';
  browser: boolean;
}

/** Tells the user when a job of theirs is over. */
export const notificationsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:notifications',
  description: 'Notifies the user when a job of theirs is over, also while the page is hidden.',
  autoStart: true,
  requires: [IWorkbench, ITranslator],
  optional: [ISettingRegistry, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    translator: ITranslator,
    registry: ISettingRegistry | null,
    palette: ICommandPalette | null
  ) => {
    const settings = registry?.load(notificationsPlugin.id);
    const trans = translator.load(DOMAIN);
    const { user } = app.serviceManager;
    const me = (): string | undefined => PageConfig.getOption(OWNER) || user.identity?.username;
    const tell = async (job: Job): Promise<void> => {
      const choice = chosen(await settings);
      if (job.owner === me() && isWanted(choice, job)) {
        notify(app, trans, job);
        if (choice.browser && document.hidden) {
          notifyOutside(app, trans, job);
        }
      }
    };
    const jobs = workbench.get(IJobs);
    jobs.ended.connect((_: unknown, job: Job) => void tell(job), app);
    jobs.watch();
    addEnable(app, trans, settings);
    void settings?.then(loaded => askWhenChosen(app, loaded));
    const command = JobCommands.enableBrowserNotifications;
    palette?.addItem({ command, category: trans.__('CRISP-DM') });
  }
};

function chosen(settings?: ISettingRegistry.ISettings): IChoice {
  const { jobEnded = 'end', browser = false } = settings?.composite ?? {};
  return { jobEnded: jobEnded as IChoice['jobEnded'], browser: browser === true };
}

function isWanted({ jobEnded }: IChoice, { state }: Job): boolean {
  const isFailure = state === 'failed' || state === 'lost';
  return jobEnded === 'end' || (jobEnded === 'failure' && isFailure);
}

function notify(app: JupyterFrontEnd, trans: TranslationBundle, job: Job): void {
  const open = (): void => void app.commands.execute(JobCommands.open, { id: job.id });
  Notification.emit(textOf(trans, job), KINDS[job.state] ?? 'info', {
    autoClose: SHOWN_MILLISECONDS,
    actions: [{ label: trans.__('Open'), callback: open }, ...resultActions(app, trans, job)]
  });
}

/** A notebook's job leaves the notebook as it ran. */
function resultActions(
  app: JupyterFrontEnd,
  trans: TranslationBundle,
  job: Job
): Notification.IAction[] {
  const show = (): void => void app.commands.execute(JobCommands.showResult, { id: job.id });
  return job.kind === 'notebook' ? [{ label: trans.__('Show the Result'), callback: show }] : [];
}

/** Tell it beside the page, which nobody sees. Several tabs that tell the same show it once. */
function notifyOutside(app: JupyterFrontEnd, trans: TranslationBundle, job: Job): void {
  if (permission() !== 'granted') {
    return;
  }
  const shown = new window.Notification(textOf(trans, job), { body: job.reason, tag: job.id });
  shown.onclick = () => {
    shown.close();
    window.focus();
    void app.commands.execute(JobCommands.open, { id: job.id });
  };
}

function textOf(trans: TranslationBundle, job: Job): string {
  return trans.__('%1: %2', job.name, stateLabel(trans, job.state));
}

/** Whether the browser lets us: `denied` also where it knows no notifications. */
function permission(): NotificationPermission {
  return 'Notification' in window ? window.Notification.permission : 'denied';
}

/** The one place besides the setting that asks the user for the permission. */
function addEnable(
  app: JupyterFrontEnd,
  trans: TranslationBundle,
  settings?: Promise<ISettingRegistry.ISettings>
): void {
  app.commands.addCommand(JobCommands.enableBrowserNotifications, {
    label: trans.__('Notify Me Outside the Page When a Job Is Over'),
    describedBy: textArguments({}),
    execute: async () => {
      const answer = await ask();
      if (answer === 'granted') {
        await (await settings)?.set('browser', true);
        Notification.success(
          trans.__('You are told of jobs that are over also in other windows.'),
          { autoClose: SHOWN_MILLISECONDS }
        );
      } else {
        Notification.warning(
          trans.__(
            'This browser does not allow it. Allow notifications for this page in its settings.'
          )
        );
      }
    }
  });
}

async function ask(): Promise<NotificationPermission> {
  return permission() === 'default' ? window.Notification.requestPermission() : permission();
}

/** Ask when the user switches the setting on; never by ourselves when a page is opened. */
function askWhenChosen(app: JupyterFrontEnd, settings: ISettingRegistry.ISettings): void {
  let was = chosen(settings).browser;
  settings.changed.connect(() => {
    const { browser } = chosen(settings);
    if (browser && !was) {
      void ask();
    }
    was = browser;
  }, app);
}
