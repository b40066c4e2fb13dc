import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ITranslator } from '@jupyterlab/translation';
import type { Job } from '../../api';
import { DOMAIN } from '../../components/basics/context';
import { stateLabel } from '../../components/jobs/state';
import type { SentJobs } from '../../managers/jobs/sent';
import {
  IJobDrive,
  IJobs,
  ISentJobs,
  JOB_FILES,
  JobCommands,
  jobFilePath
} from '../../tokens/jobs';
import { IWorkbench } from '../../tokens/workbench';
import { attempt, textArguments, textOf } from '../basics/commands';
import { jobUnderMouse } from './targets';

/** Opens the notebooks that jobs ran, and tells of those that ended while the user was away. */
export const resultsPlugin: JupyterFrontEndPlugin<ISentJobs> = {
  id: 'jupyter-crispdm:results',
  description: 'Opens the notebooks that jobs ran, and tells of those that ended meanwhile.',
  autoStart: true,
  provides: ISentJobs,
  requires: [IWorkbench, ITranslator, IDocumentManager, INotebookTracker],
  optional: [IStateDB],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    translator: ITranslator,
    documents: IDocumentManager,
    notebooks: INotebookTracker,
    state: IStateDB | null
  ) => {
    app.serviceManager.contents.addDrive(workbench.get(IJobDrive));
    forgetTreePath();
    notebooks.widgetAdded.connect((_, panel) => startNoKernel(panel), app);
    const trans = translator.load(DOMAIN);
    addShowResult({ app, workbench, documents, trans });
    const begin = async (): Promise<SentJobs> => {
      const { SentJobs } = await import('../../managers/jobs/sent');
      const sent = new SentJobs(workbench.get(IJobs), state);
      sent.endedMeanwhile.connect((_, job) => notify(app, trans, job), app);
      return sent;
    };
    const sent = app.restored.then(begin);
    void sent.then(jobs => jobs.look());
    return { add: async id => (await sent).add(id) };
  }
};

interface IContext {
  app: JupyterFrontEnd;
  workbench: IWorkbench;
  documents: IDocumentManager;
  trans: TranslationBundle;
}

function addShowResult({ app, workbench, documents, trans }: IContext): void {
  const target = (id: string): string => id || jobUnderMouse(app);
  app.commands.addCommand(JobCommands.showResult, {
    label: trans.__('Show the Result'),
    caption: trans.__('Open the notebook as the job ran it'),
    describedBy: textArguments({ id: trans.__('The id of the job') }),
    isVisible: args => workbench.get(IJobs).get(target(textOf(args, 'id')))?.kind !== 'script',
    isEnabled: args => workbench.get(IJobs).get(target(textOf(args, 'id')))?.kind === 'notebook',
    execute: async args => {
      const id = target(textOf(args, 'id'));
      await attempt(trans.__('The result was not opened'), async () => {
        documents.openOrReveal(await resultOf(workbench.get(IJobs), id, trans), 'Notebook');
      });
    }
  });
}

/** After a reload Lab's file browser would look for the document in front, and it does not know our drive. */
function forgetTreePath(): void {
  if (PageConfig.getOption('treePath').includes(`${JOB_FILES}:`)) {
    PageConfig.setOption('treePath', '');
  }
}

/** A result is there to be read, also when a reload brings it back. */
function startNoKernel({ context, sessionContext }: NotebookPanel): void {
  if (context.path.startsWith(`${JOB_FILES}:`)) {
    sessionContext.kernelPreference = { ...sessionContext.kernelPreference, shouldStart: false };
  }
}

/** The path of the notebook that a job keeps after each cell. */
async function resultOf(jobs: IJobs, id: string, trans: TranslationBundle): Promise<string> {
  const files = (await jobs.artifacts(id)).map(artifact => artifact.path);
  const own = (await jobs.find(id)).source?.split('/').at(-1);
  const notebook = files.find(path => path === own) ?? files.find(path => path.endsWith('.ipynb'));
  if (notebook === undefined) {
    throw new Error(trans.__('The job has saved no notebook yet.'));
  }
  return jobFilePath(id, notebook);
}

/** Stays until it is read: the user was away. */
function notify(app: JupyterFrontEnd, trans: TranslationBundle, job: Job): void {
  const show = (): void => void app.commands.execute(JobCommands.showResult, { id: job.id });
  Notification.emit(
    trans.__('%1: %2', job.name, stateLabel(trans, job.state)),
    job.state === 'succeeded' ? 'success' : 'error',
    { autoClose: false, actions: [{ label: trans.__('Show the Result'), callback: show }] }
  );
}
