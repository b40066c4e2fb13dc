import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { widgetsPlugin } from './plugins/basics/widgets';
import type { IRoom } from './rooms/room';

type Plugins = readonly JupyterFrontEndPlugin<unknown>[];

/** The plugins of a page with these rooms; a dashboard gets only that which shows widgets. */
export async function pluginsOf(rooms: readonly IRoom[], isDashboard: boolean): Promise<Plugins> {
  const providers = rooms.flatMap(({ shares = [] }) => shares);
  const loaders = rooms.flatMap(({ widgets = [] }) => widgets);
  const widgets = widgetsPlugin(providers, loaders);
  if (isDashboard) {
    return [widgets];
  }
  const [{ panelPlugin }, { workbenchPlugin }, ...own] = await Promise.all([
    import(/* webpackChunkName: "lab" */ './plugins/basics/sidepanel'),
    import(/* webpackChunkName: "lab" */ './plugins/basics/workbench'),
    ...rooms.map(pluginsOfRoom)
  ]);
  return [workbenchPlugin(providers), panelPlugin, ...own.flat(), widgets];
}

/** A room that cannot be loaded keeps nobody from the others. */
async function pluginsOfRoom({ name, plugins }: IRoom): Promise<Plugins> {
  try {
    return (await plugins?.()) ?? [];
  } catch (error) {
    console.error(`The room ${name} could not be loaded.`, error);
    return [];
  }
}
