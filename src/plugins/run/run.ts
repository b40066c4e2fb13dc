import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { IJobs, JobCommands } from '../../tokens/jobs';
import type { IParameter } from '../../components/run/parametervalues';
import type { IRunValues } from '../../components/run/values';
import { DOMAIN } from '../../components/basics/context';
import type { IOriginal } from '../../panels/run/model';
import { runAsJobIcon } from '../../icons';
import { IEnvironments } from '../../tokens/environments';
import { ILatestMetrics } from '../../tokens/metrics';
import { IWorkbench } from '../../tokens/workbench';
import { attempt, textArguments, textOf } from '../basics/commands';
import { jobUnderMouse } from '../jobs/targets';
import type { IFiles } from './runnable';
import { chooseFile, isChosen } from './runnable';

/** The number tells of a change in what is remembered. */
const REMEMBERED = 'jupyter-crispdm:run:3:';

/** What the command needs. */
interface IContext extends IFiles {
  workbench: IWorkbench;
  state: IStateDB | null;
}

/** Runs a script or notebook as a job. */
export const runPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:run',
  description: 'Runs scripts and notebooks as jobs: file browser, notebook toolbar, File menu.',
  autoStart: true,
  requires: [IWorkbench, ITranslator, IDocumentManager],
  optional: [IFileBrowserFactory, IStateDB],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    translator: ITranslator,
    documents: IDocumentManager,
    browsers: IFileBrowserFactory | null,
    state: IStateDB | null
  ) => {
    const trans = translator.load(DOMAIN);
    const context = { app, workbench, translator, documents, browsers, state };
    addChange(context);
    app.commands.addCommand(JobCommands.runFile, {
      label: trans.__('Run as Job…'),
      caption: trans.__('Run a script or notebook as a job, in an environment of your choice'),
      icon: args => (args.from === 'menu' ? undefined : runAsJobIcon),
      describedBy: textArguments({
        path: trans.__('The file; without it, the one chosen in the place `from`'),
        from: trans.__('`browser`: the selected file; `document` or `menu`: the open document')
      }),
      isVisible: args => args.from !== 'browser' || isChosen(context, args),
      isEnabled: args => args.from !== 'menu' || isChosen(context, args),
      execute: args => run(context, args)
    });
  }
};

async function run(context: IContext, args: ReadonlyPartialJSONObject): Promise<void> {
  const path = await chooseFile(context, args);
  if (!path) {
    return;
  }
  const values = await launch(context, await valuesFor(context, path));
  if (values) {
    await context.state?.save(REMEMBERED + path, values as unknown as ReadonlyPartialJSONObject);
  }
}

/** Runs a job again after its choices were looked over. */
function addChange(context: IContext): void {
  const { app, workbench, translator } = context;
  const trans = translator.load(DOMAIN);
  app.commands.addCommand(JobCommands.rerunWithChanges, {
    label: trans.__('Run Again with Changes…'),
    caption: trans.__('Run the same again with other parameters, limits or environment'),
    describedBy: textArguments({ id: trans.__('The id of the job') }),
    execute: async args => {
      const id = textOf(args, 'id') || jobUnderMouse(app);
      const title = trans.__('The job cannot be run again');
      const original = await attempt(title, () => originalOf(workbench.get(IJobs), id));
      if (original) {
        const { formOf } = await import('../../components/run/values');
        await launch(context, formOf(original.submission), original);
      }
    }
  });
}

/** How a job was asked for, with the environment it found: a name may mean another one by now. */
async function originalOf(jobs: IJobs, id: string): Promise<IOriginal> {
  const [job, submission] = await Promise.all([jobs.find(id), jobs.submission(id)]);
  const { name, environment } = job;
  return { id, name, submission: { ...submission, environment } };
}

/** Asks for the choices and opens the job; null when the user went away. */
async function launch(
  context: IContext,
  values: IRunValues,
  original?: IOriginal
): Promise<IRunValues | null> {
  const { app, translator, workbench } = context;
  const [{ RunDialog }, { RunModel }] = await Promise.all([
    import('../../panels/run'),
    import('../../panels/run/model')
  ]);
  const model = new RunModel({
    jobs: workbench.get(IJobs),
    environments: workbench.get(IEnvironments),
    trans: translator.load(DOMAIN),
    values,
    original,
    latest: workbench.get(ILatestMetrics)
  });
  const dialog = new RunDialog(model, translator);
  await dialog.launch();
  const { accepted: job } = dialog;
  dialog.dispose();
  model.dispose();
  if (job) {
    await app.commands.execute(JobCommands.open, { id: job.id });
  }
  return job && model.values;
}

/** The parameters that a notebook itself sets; none where it cannot be read: the server will say why. */
async function parametersIn({ app }: IContext, path: string): Promise<readonly IParameter[]> {
  if (!/\.ipynb$/i.test(path)) {
    return [];
  }
  const { parametersOf } = await import('../../components/run/notebookparameters');
  const options = { content: true, type: 'notebook' } as const;
  const file = await app.serviceManager.contents.get(path, options).catch(() => null);
  return parametersOf(file?.content);
}

/** The last choices for this file, or new ones. */
async function valuesFor(context: IContext, path: string): Promise<IRunValues> {
  const { state, workbench } = context;
  const [{ emptyForm }, { withTyped }] = await Promise.all([
    import('../../components/run/values'),
    import('../../components/run/notebookparameters')
  ]);
  const last = (await state?.fetch(REMEMBERED + path)) as Partial<IRunValues> | undefined;
  const plain = emptyForm(path);
  const parameters = withTyped(await parametersIn(context, path), last?.parameters ?? []);
  const environment =
    last?.environment ??
    (await workbench
      .get(IEnvironments)
      .nearest(path)
      .catch(() => plain.environment));
  return { ...plain, ...last, parameters, environment, path, after: [] };
}
