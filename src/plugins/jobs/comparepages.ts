import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { DOMAIN } from '../../components/basics/context';
import type { ComparePage } from '../../panels/compare';
import type { ICompareSubject, ICompareView } from '../../panels/compare/model';
import { IJobSelection, JobCommands, MOST_COMPARED } from '../../tokens/jobs';
import { IWorkbench } from '../../tokens/workbench';
import { asJson, idsOf, textOf } from '../basics/commands';
import { keepPages } from '../basics/pages';
import { jobArguments, jobInFront, jobUnderMouse } from './targets';

/** Shows jobs side by side in pages of the main area, and brings these back after a reload. */
export const comparePagesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:compare-pages',
  description: 'Compares the parameters, metrics and runs of jobs side by side.',
  autoStart: true,
  requires: [IWorkbench, ITranslator],
  optional: [IJobSelection, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    translator: ITranslator,
    selection: IJobSelection | null,
    restorer: ILayoutRestorer | null
  ) => {
    const trans = translator.load(DOMAIN);
    const tracker = new WidgetTracker<ComparePage>({ namespace: 'jupyter-crispdm-compare' });
    const chosen = (args: ReadonlyPartialJSONObject): readonly string[] =>
      chosenIds(app, selection, args);
    app.commands.addCommand(JobCommands.compare, {
      label: trans.__('Compare with Selected'),
      caption: trans.__('Show this job and those that are marked or open side by side'),
      describedBy: jobArguments(trans),
      isEnabled: args => outsideOf(args).length > 0 || isComparable(chosen(args)),
      execute: async args => {
        const subject = { ids: chosen(args), outside: outsideOf(args), ...metricOf(args) };
        const page = await openPage(app, tracker, { args, subject, workbench, translator });
        // Who drags a chart says with the mouse where it shall be.
        if (args.isDragged !== true) {
          if (!page.isAttached) {
            const isChart = subject.metric !== undefined;
            const place = isChart ? ({ mode: 'split-right' } as const) : {};
            app.shell.add(page, 'main', { type: 'Compare', ...place });
          }
          app.shell.activateById(page.id);
        }
        return page;
      }
    });
    keepPages(app, tracker, restorer, {
      changed: ({ model }) => model.viewChanged,
      command: JobCommands.compare,
      name: page => page.id,
      args: ({ model }) => ({ ...model.asked(), view: asJson(model.view) })
    });
  }
};

/** The jobs to compare: those named, or that under the mouse with the marked ones, or with the one in front. */
function chosenIds(
  app: JupyterFrontEnd,
  selection: IJobSelection | null,
  args: ReadonlyPartialJSONObject
): readonly string[] {
  const named = idsOf(args);
  if (named.length > 1 || outsideOf(args).length > 0) {
    return named.slice(0, MOST_COMPARED);
  }
  const here = named[0] ?? jobUnderMouse(app);
  const others = selection?.ids.length ? selection.ids : [jobInFront(app)];
  return [...new Set([...others, here])].filter(Boolean);
}

/** How a page was left, as the layout kept it. */
function viewOf(args: ReadonlyPartialJSONObject): Partial<ICompareView> {
  return (args.view ?? {}) as Partial<ICompareView>;
}

function isComparable(ids: readonly string[]): boolean {
  return ids.length >= 2 && ids.length <= MOST_COMPARED;
}

/** Those of the named runs that no job made. */
function outsideOf({ outside }: ReadonlyPartialJSONObject): readonly string[] {
  return idsOf({ ids: outside });
}

/** The one metric that is wanted, where one is named. */
function metricOf(args: ReadonlyPartialJSONObject): Pick<ICompareSubject, 'metric'> {
  const metric = textOf(args, 'metric');
  return metric === '' ? {} : { metric };
}

/** The page that compares these: the one that is there, or a new one. */
async function openPage(
  app: JupyterFrontEnd,
  tracker: WidgetTracker<ComparePage>,
  options: {
    args: ReadonlyPartialJSONObject;
    subject: ICompareSubject;
    workbench: IWorkbench;
    translator: ITranslator;
  }
): Promise<ComparePage> {
  const { args, subject, workbench, translator } = options;
  const [{ ComparePage, compareId }, { CompareModel }] = await Promise.all([
    import('../../panels/compare'),
    import('../../panels/compare/model')
  ]);
  const id = compareId({ ids: subject.ids, metric: subject.metric });
  const found = tracker.find(({ model }) => compareId(model) === id);
  if (found) {
    return found;
  }
  const model = new CompareModel(workbench, subject, viewOf(args));
  const page = new ComparePage({ model, commands: app.commands, translator });
  await tracker.add(page);
  return page;
}
