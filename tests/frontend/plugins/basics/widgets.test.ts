import type { IJupyterWidgetRegistry } from '@jupyter-widgets/base';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { ServerConnection } from '@jupyterlab/services';
import { Token } from '@lumino/coreutils';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { workbenchPlugin } from '../../../../src/plugins/basics/workbench';
import type { LoadWidgets } from '../../../../src/plugins/basics/widgets';
import { widgetsPlugin } from '../../../../src/plugins/basics/widgets';
import type { WidgetExports } from '../../../../src/widgets/basics/react';
import { CrispdmModel, page } from '../../../../src/widgets/basics/react';

const NOUN = new Token<string>('test:noun', 'What a room shares.');
const VIEW = class {} as unknown as WidgetExports[string];

/** The plugin in a page of this server, and what it registered. */
function start(loaders: readonly LoadWidgets[], baseUrl = 'http://widgets/') {
  const registered: Parameters<IJupyterWidgetRegistry['registerWidget']>[0][] = [];
  const serverSettings = ServerConnection.makeSettings({ baseUrl });
  const app = { serviceManager: { serverSettings } } as unknown as JupyterFrontEnd;
  const registry = { registerWidget: (data: (typeof registered)[0]) => void registered.push(data) };
  const providers = [{ token: NOUN, make: () => 'the noun' }];
  void widgetsPlugin(providers, loaders).activate(app, registry);
  const [{ name, version, exports }] = registered;
  const load = exports as () => Promise<WidgetExports>;
  return { app, providers, name, version, load };
}

afterEach(() => {
  page.workbench = null;
  vi.restoreAllMocks();
});

describe('the widgets of the rooms', () => {
  it('are registered under the name that the Python side gives them, and loaded when asked for', async () => {
    const room = vi.fn<LoadWidgets>(() => Promise.resolve({ TableView: VIEW }));
    const { name, version, load } = start([room, () => Promise.resolve({ PlotView: VIEW })]);
    expect([name, version]).toEqual(['jupyter-crispdm', '0.1.0']);
    expect(room).not.toHaveBeenCalled();
    expect(await load()).toEqual({ CrispdmModel, TableView: VIEW, PlotView: VIEW });
  });

  it('are there although those of one room cannot be loaded, and it is told which', async () => {
    const told = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const broken = new Error('Loading chunk 7 failed.');
    const { load } = start([
      () => Promise.reject(broken),
      () => Promise.resolve({ PlotView: VIEW })
    ]);
    expect(Object.keys(await load())).toEqual(['CrispdmModel', 'PlotView']);
    expect(told).toHaveBeenCalledWith('Widgets could not be loaded.', broken);
  });

  it('have the values of their kind even where no room brings a view', async () =>
    expect(await start([]).load()).toEqual({ CrispdmModel }));

  it('share the facts of their page with the panel, and not with those of another server', () => {
    const { app, providers } = start([], 'http://shared/');
    const panel = workbenchPlugin(providers).activate(app);
    expect(page.workbench).toBe(panel);
    expect(page.workbench?.get(NOUN)).toBe('the noun');
    start([], 'http://other/');
    expect(page.workbench).not.toBe(panel);
  });
});

describe('the values of a widget', () => {
  it('are all served by one model, whatever the widget', () => {
    const defaults = CrispdmModel.prototype.defaults.call(
      Object.create(CrispdmModel.prototype) as CrispdmModel
    );
    expect(defaults).toMatchObject({
      _model_module: 'jupyter-crispdm',
      _model_name: 'CrispdmModel',
      _view_module: 'jupyter-crispdm',
      _view_module_version: '0.1.0'
    });
  });
});
