import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ITranslator } from '@jupyterlab/translation';
import type { Job, JobState } from '../api';
import { CommandIDs } from '../commandids';
import { DOMAIN } from '../components/context';
import { stateLabel } from '../components/state';
import { IWorkbench } from '../tokens';

const KINDS: Partial<Record<JobState, Notification.TypeOptions>> = {
  succeeded: 'success',
  failed: 'error',
  lost: 'error'
};
const SHOWN_MILLISECONDS = 8000;
/** In a plain Lab, where every login has another random name, the server says whose the jobs are. */
const OWNER = 'crispdmOwner';

/** Tells the user when a job of his is over. */
export const notificationsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:notifications',
  description: 'Notifies the user when a job of theirs is over.',
  autoStart: true,
  requires: [IWorkbench, ITranslator],
  optional: [ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    translator: ITranslator,
    registry: ISettingRegistry | null
  ) => {
    const settings = registry?.load(notificationsPlugin.id);
    const trans = translator.load(DOMAIN);
    const { user } = app.serviceManager;
    const me = (): string | undefined => PageConfig.getOption(OWNER) || user.identity?.username;
    const tell = async (job: Job): Promise<void> => {
      const isWanted = (await settings)?.get('jobEnded').composite !== false;
      if (isWanted && job.owner === me()) {
        notify(app, trans, job);
      }
    };
    workbench.jobs.ended.connect((_: unknown, job: Job) => void tell(job), app);
  }
};

function notify(app: JupyterFrontEnd, trans: TranslationBundle, job: Job): void {
  const open = (): void => void app.commands.execute(CommandIDs.openJob, { id: job.id });
  Notification.emit(
    trans.__('%1: %2', job.name, stateLabel(trans, job.state)),
    KINDS[job.state] ?? 'info',
    { autoClose: SHOWN_MILLISECONDS, actions: [{ label: trans.__('Open'), callback: open }] }
  );
}
