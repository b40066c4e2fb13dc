import { IJupyterWidgetRegistry } from '@jupyter-widgets/base';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { IProvider } from '../../managers/basics/workbench';
import { Workbench } from '../../managers/basics/workbench';
import type { IWorkbench } from '../../tokens/workbench';
import type { WidgetExports } from '../../widgets/basics/react';
import { CrispdmModel, MODULE, page, VERSION } from '../../widgets/basics/react';

/** Loads the views of a room's widgets. */
export type LoadWidgets = () => Promise<WidgetExports>;

/**
 * Shows the widgets of the rooms in notebooks and dashboards.
 *
 * It needs nothing of Lab's shell, so it also runs in Voila, where the other plugins stay inactive.
 */
export function widgetsPlugin(
  providers: readonly IProvider[],
  loaders: readonly LoadWidgets[]
): JupyterFrontEndPlugin<void> {
  return {
    id: 'jupyter-crispdm:widgets',
    description: 'Shows the widgets of jupyter_crispdm in notebooks and dashboards.',
    autoStart: true,
    requires: [IJupyterWidgetRegistry],
    activate: (app: JupyterFrontEnd, registry: IJupyterWidgetRegistry) => {
      page.workbench = Workbench.shared(providers, app.serviceManager.serverSettings);
      if (document.body.dataset.voila !== undefined) {
        void watch(app, page.workbench);
      }
      registry.registerWidget({ name: MODULE, version: VERSION, exports: () => load(loaders) });
    }
  };
}

/** A dashboard says when what it lives from is gone. */
async function watch(app: JupyterFrontEnd, workbench: IWorkbench): Promise<void> {
  const { watchPage } = await import(
    /* webpackChunkName: "widgets" */ '../../widgets/desk/pagelife'
  );
  await watchPage(app, workbench);
}

/** One model serves all widgets. A room whose views cannot be loaded keeps nobody from the others. */
async function load(loaders: readonly LoadWidgets[]): Promise<WidgetExports> {
  const loaded = await Promise.allSettled(loaders.map(views => views()));
  const views = loaded.flatMap(one => {
    if (one.status === 'rejected') {
      console.error('Widgets could not be loaded.', one.reason);
      return [];
    }
    return [one.value];
  });
  return Object.assign({ CrispdmModel }, ...views) as WidgetExports;
}
