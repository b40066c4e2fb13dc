import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { DOMAIN } from '../../components/basics/context';
import type { ComparePage } from '../../panels/compare';
import type { ICompareView } from '../../panels/compare/model';
import { IJobSelection, JobCommands, MOST_COMPARED } from '../../tokens/jobs';
import { IWorkbench } from '../../tokens/workbench';
import { asJson, idsOf } from '../basics/commands';
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
      isEnabled: args => isComparable(chosen(args)),
      execute: async args => {
        const ids = chosen(args);
        const page =
          tracker.find(({ model }) => model.ids.join() === ids.join()) ??
          (await makePage(app, tracker, { ids, workbench, translator, view: viewOf(args) }));
        app.shell.activateById(page.id);
      }
    });
    keepPages(app, tracker, restorer, {
      changed: ({ model }) => model.viewChanged,
      command: JobCommands.compare,
      name: ({ model }) => model.ids.join('+'),
      args: ({ model }) => ({ ids: [...model.ids], view: asJson(model.view) })
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
  if (named.length > 1) {
    return named;
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

async function makePage(
  app: JupyterFrontEnd,
  tracker: WidgetTracker<ComparePage>,
  options: {
    ids: readonly string[];
    workbench: IWorkbench;
    translator: ITranslator;
    view: Partial<ICompareView>;
  }
): Promise<ComparePage> {
  const { ids, workbench, translator, view } = options;
  const [{ ComparePage }, { CompareModel }] = await Promise.all([
    import('../../panels/compare'),
    import('../../panels/compare/model')
  ]);
  const model = new CompareModel(workbench, ids, view);
  const page = new ComparePage({ model, commands: app.commands, translator });
  await tracker.add(page);
  app.shell.add(page, 'main', { type: 'Compare' });
  return page;
}
