import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { signalToPromise } from '@jupyterlab/coreutils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ITranslator } from '@jupyterlab/translation';
import type { Job, Submission } from '../../api';
import { DOMAIN } from '../../components/basics/context';
import { newJobId } from '../../components/run/jobid';
import { runAsJobIcon } from '../../icons';
import type { IFacts } from '../../tokens/facts';
import { IJobs, ISentJobs, JobCommands } from '../../tokens/jobs';
import { IEnvironments } from '../../tokens/environments';
import { IWorkbench } from '../../tokens/workbench';
import { attempt, textArguments } from '../basics/commands';

/** What the commands share. */
interface IContext {
  app: JupyterFrontEnd;
  workbench: IWorkbench;
  translator: ITranslator;
  trans: TranslationBundle;
  notebooks: INotebookTracker;
  sent: ISentJobs;
}

/** Sends cells of the notebook in front to a job. */
export const cellsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:cells',
  description: 'Sends selected cells, or a notebook from a cell on, to a job.',
  autoStart: true,
  requires: [IWorkbench, ITranslator, INotebookTracker, ISentJobs],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    translator: ITranslator,
    notebooks: INotebookTracker,
    sent: ISentJobs,
    palette: ICommandPalette | null
  ) => {
    const trans = translator.load(DOMAIN);
    const context = { app, workbench, translator, trans, notebooks, sent };
    addSendCells(context);
    addRunFromCell(context);
    const category = trans.__('CRISP-DM');
    palette?.addItem({ command: JobCommands.sendCells, category });
    palette?.addItem({ command: JobCommands.runFromCell, category });
    notebooks.selectionChanged.connect(() => {
      app.commands.notifyCommandChanged(JobCommands.sendCells);
    }, app);
  }
};

function addSendCells(context: IContext): void {
  const { app, trans } = context;
  app.commands.addCommand(JobCommands.sendCells, {
    label: trans.__('Send Selected Cells to a Job'),
    caption: trans.__(
      'Run the selected cells as a job; the result arrives also when this tab is closed'
    ),
    icon: args => (args.from === 'menu' ? undefined : runAsJobIcon),
    describedBy: textArguments({}),
    isEnabled: () => sourcesOf(inFront(context)).length > 0,
    execute: async () => {
      const panel = inFront(context);
      const cells = sourcesOf(panel);
      if (panel && cells.length > 0) {
        await send(context, panel, cells);
      }
    }
  });
}

function addRunFromCell(context: IContext): void {
  const { app, trans } = context;
  app.commands.addCommand(JobCommands.runFromCell, {
    label: trans.__('Run Notebook from This Cell as a Job…'),
    caption: trans.__(
      'The cells before it are left out, but for those tagged “parameters” or “setup”'
    ),
    describedBy: textArguments({}),
    isEnabled: () => (inFront(context)?.content.activeCellIndex ?? -1) >= 0,
    execute: async () => {
      const panel = inFront(context);
      if (panel) {
        const from_cell = panel.content.activeCellIndex;
        await panel.context.save();
        const name = trans.__('%1 from cell %2', nameOf(panel), from_cell + 1);
        await ask(context, { ...(await about(context, panel)), name }, { from_cell });
      }
    }
  });
}

/** The notebook in front, when it is a file of the server; the result of a job is none. */
function inFront({ app, notebooks }: IContext): NotebookPanel | null {
  const panel = notebooks.currentWidget;
  const isInFront = panel !== null && panel === app.shell.currentWidget;
  const { contents } = app.serviceManager;
  return isInFront && contents.driveName(panel.context.path) === '' ? panel : null;
}

/** The selected code as it stands on the screen, saved or not. */
function sourcesOf(panel: NotebookPanel | null): string[] {
  const selected = panel?.content.selectedCells ?? [];
  return selected
    .filter(cell => cell.model.type === 'code')
    .map(cell => cell.model.sharedModel.getSource())
    .filter(source => source.trim() !== '');
}

/** Runs the cells where the notebook's kernel runs; where that is no environment of ours, the user says where. */
async function send(context: IContext, panel: NotebookPanel, cells: string[]): Promise<void> {
  const { trans, workbench } = context;
  const count = trans._n('%2: 1 cell', '%2: %1 cells', cells.length, nameOf(panel));
  const submission: Submission = { ...(await about(context, panel)), name: count };
  if (submission.environment === undefined) {
    await ask(context, submission, { cells });
    return;
  }
  const id = newJobId(new Date());
  const job = await attempt(trans.__('The cells were not sent'), () =>
    workbench.get(IJobs).submit({ ...submission, cells, id })
  );
  if (job) {
    await follow(context, job);
  }
}

/** The notebook, and the environment whose kernel it uses. */
async function about({ app, workbench }: IContext, panel: NotebookPanel): Promise<Submission> {
  const notebook = app.serviceManager.contents.localPath(panel.context.path);
  await settled(workbench.get(IEnvironments));
  const kernel = kernelOf(panel);
  const environment = workbench
    .get(IEnvironments)
    .list.find(one => one.usable && one.kernel.name === kernel);
  return { notebook, ...(environment && { environment: environment.id }) };
}

async function settled(facts: IFacts): Promise<void> {
  while (!facts.isReady && facts.error === '') {
    await signalToPromise(facts.changed);
  }
}

function kernelOf({ sessionContext, model }: NotebookPanel): string {
  const spec = model?.getMetadata('kernelspec') as { name?: string } | undefined;
  return sessionContext.session?.kernel?.name ?? spec?.name ?? '';
}

function nameOf({ context }: NotebookPanel): string {
  return context.path.split(/[/:]/).at(-1) ?? '';
}

/** Lets the user look the choices over; `also` is not shown. */
async function ask(context: IContext, shown: Submission, also: Submission): Promise<void> {
  const { trans, translator, workbench } = context;
  const [{ RunDialog }, { RunModel }, { formOf }] = await Promise.all([
    import('../../panels/run'),
    import('../../panels/run/model'),
    import('../../components/run/values')
  ]);
  const environments = workbench.get(IEnvironments);
  const jobs = workbench.get(IJobs);
  const model = new RunModel({ jobs, environments, trans, values: formOf(shown), also });
  const dialog = new RunDialog(model, translator);
  await dialog.launch();
  const { accepted: job } = dialog;
  dialog.dispose();
  model.dispose();
  if (job) {
    await follow(context, job);
  }
}

async function follow({ app, sent }: IContext, job: Job): Promise<void> {
  await sent.add(job.id);
  await app.commands.execute(JobCommands.open, { id: job.id });
}
