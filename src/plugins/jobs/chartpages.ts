import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ITranslator } from '@jupyterlab/translation';
import type { ReadonlyJSONObject, ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { DOMAIN } from '../../components/basics/context';
import type { ICurvesView } from '../../components/curves/view';
import type { ChartPage } from '../../panels/chart';
import { JobCommands } from '../../tokens/jobs';
import { IWorkbench } from '../../tokens/workbench';
import { asJson, textOf } from '../basics/commands';
import { keepPages } from '../basics/pages';

/** Shows one chart of a job in a tab of its own, and brings it back after a reload. */
export const chartPagesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-crispdm:chart-pages',
  description: 'Shows one chart of a job in a tab of its own.',
  autoStart: true,
  requires: [IWorkbench, ITranslator],
  optional: [ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    workbench: IWorkbench,
    translator: ITranslator,
    restorer: ILayoutRestorer | null
  ) => {
    const trans = translator.load(DOMAIN);
    const tracker = new WidgetTracker<ChartPage>({ namespace: 'jupyter-crispdm-charts' });
    app.commands.addCommand(JobCommands.openChart, {
      label: trans.__('Open Chart in a Tab'),
      describedBy: { args: argumentsOf(trans) },
      execute: async args => {
        const page = await openPage(tracker, args, workbench, translator);
        // Who drags a chart says with the mouse where it shall be.
        if (page && args.isDragged !== true) {
          if (!page.isAttached) {
            app.shell.add(page, 'main', { type: 'Chart', mode: 'split-right' });
          }
          app.shell.activateById(page.id);
        }
        return page;
      }
    });
    keepPages(app, tracker, restorer, {
      changed: ({ model }) => model.viewChanged,
      command: JobCommands.openChart,
      name: page => page.id,
      args: ({ model }) => ({
        id: model.job,
        name: model.group.name,
        series: [...model.group.series],
        view: asJson(model.view)
      })
    });
  }
};

function argumentsOf(trans: TranslationBundle): ReadonlyJSONObject {
  const texts = { type: 'array', items: { type: 'string' } };
  return {
    type: 'object',
    properties: {
      id: { type: 'string', description: trans.__('The id of the job') },
      name: { type: 'string', description: trans.__('How the chart is called') },
      series: { ...texts, description: trans.__('The names of its curves') }
    }
  };
}

/** The page of a chart: the one that is there, or a new one. Undefined where no chart is named. */
async function openPage(
  tracker: WidgetTracker<ChartPage>,
  args: ReadonlyPartialJSONObject,
  workbench: IWorkbench,
  translator: ITranslator
): Promise<ChartPage | undefined> {
  const job = textOf(args, 'id');
  const series = Array.isArray(args.series)
    ? args.series.filter(name => typeof name === 'string')
    : [];
  if (job === '' || series.length === 0) {
    return undefined;
  }
  const [{ ChartPage, chartId }, { ChartModel }] = await Promise.all([
    import('../../panels/chart'),
    import('../../panels/chart/model')
  ]);
  const found = tracker.find(({ model }) => {
    return chartId(model.job, model.group.series) === chartId(job, series);
  });
  if (found) {
    return found;
  }
  const group = { name: textOf(args, 'name') || series[0], series };
  const view = (args.view ?? {}) as Partial<ICurvesView>;
  const page = new ChartPage({ model: new ChartModel(workbench, job, group, view), translator });
  await tracker.add(page);
  return page;
}
