import { CommandRegistry } from '@lumino/commands';
import type { IJupyterWidgetRegistry } from '@jupyter-widgets/base';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { act, waitFor } from '@testing-library/react';
import { readdirSync, readFileSync } from 'node:fs';
import { PluginRegistry } from '@lumino/coreutils';
import { Widget } from '@lumino/widgets';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pluginsOf } from '../../src/page';
import type { IRoom } from '../../src/rooms/room';
import { ROOMS } from '../../src/rooms';
import type { WidgetExports } from '../../src/widgets/basics/react';
import type { IAsked } from './support';
import { FakeSocket, fakeServer, json } from './support';
import { toyRoom } from './toyroom';

const idsOf = async (rooms: readonly IRoom[], isDashboard: boolean) =>
  (await pluginsOf(rooms, isDashboard)).map(({ id }) => id);

/** The views and models that Python's widgets name. */
function namesOfPython(): string[] {
  const folder = 'jupyter_crispdm/widgets';
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files
    .filter(name => name.endsWith('.py'))
    .map(name => readFileSync(`${folder}/${name}`, 'utf8'))
    .flatMap(text => [...text.matchAll(/_(?:view|model)_name = Unicode\("(\w+)"\)/g)])
    .map(([, name]) => name);
}

// Loads Lab's packages before any test's time begins.
await pluginsOf(ROOMS, false);

let left: Widget[];
let app: JupyterFrontEnd;
let asked: IAsked[];
/** Where the server of a test is. */
let here: string;

beforeEach(() => {
  FakeSocket.made = [];
  left = [];
  here = `here/${Math.random()}`;
  const server = fakeServer(() => json({}));
  asked = server.asked;
  app = {
    commands: new CommandRegistry(),
    serviceManager: {
      serverSettings: { ...server.settings, baseUrl: `http://${here}/`, wsUrl: `ws://${here}/` }
    },
    restored: Promise.resolve(),
    shell: { add: (widget: Widget) => void left.push(widget), activateById: vi.fn() }
  } as unknown as JupyterFrontEnd;
});

afterEach(() => left.forEach(widget => widget.dispose()));

/** Activate what needs no more of Lab than the side panel and the language. */
async function start(plugins: readonly JupyterFrontEndPlugin<unknown>[]): Promise<void> {
  const registry = new PluginRegistry<JupyterFrontEnd>();
  registry.application = app;
  const translator = { id: 'translator', provides: ITranslator, activate: () => nullTranslator };
  const needed = plugins.filter(({ id }) => /:(workbench|panel|notes|[a-z]+-section)$/.test(id));
  registry.registerPlugins([translator, ...needed] as JupyterFrontEndPlugin<unknown>[]);
  await act(async () => {
    await registry.activatePlugins('startUp');
    left.forEach(widget => Widget.attach(widget, document.body));
    await new Promise(resolve => requestAnimationFrame(resolve));
  });
}

/** The exports of the widgets plugin, as notebooks and dashboards load them. */
async function widgetsOf(rooms: readonly IRoom[]): Promise<WidgetExports> {
  let load: () => Promise<WidgetExports> = () => Promise.resolve({});
  const registry = {
    registerWidget: (data: { exports: typeof load }) => {
      load = data.exports;
    }
  } as unknown as IJupyterWidgetRegistry;
  await (await pluginsOf(rooms, true))[0].activate(app, registry);
  return load();
}

const titles = () =>
  [...document.querySelectorAll('.lm-AccordionPanel-titleLabel')].map(node => node.textContent);

/** Say what is on the wall, as the server does: on the socket of this page, where a former one opens another. */
const tell = (notes: string[]) =>
  act(async () => {
    const socket = FakeSocket.made.find(({ url }) => url.startsWith(`ws://${here}/`))!;
    socket.onopen?.();
    socket.say('notes', 1, { notes });
    await Promise.resolve();
  });

/** A view is made by the manager of widgets, which a unit test has none of. */
interface IViewClass {
  prototype: { el: HTMLElement; render: () => void };
}

describe('a page', () => {
  it('has a section for each room, in the order of their ranks', async () => {
    await start(await pluginsOf([...ROOMS].reverse(), false));
    expect(titles()).toEqual(['Jobs', 'Schedules', 'Streams', 'Environments', 'Models']);
  });

  it('has all widgets that the Python side names, and one model for them', async () => {
    const exported = Object.keys(await widgetsOf(ROOMS));
    const named = namesOfPython();
    expect(named).toContain('JobTableView');
    expect(exported).toEqual(expect.arrayContaining(['CrispdmModel', ...named]));
  });

  it('of a dashboard loads nothing that needs the shell of Lab', async () => {
    const plugins = vi.fn(() => Promise.resolve([]));
    expect(await idsOf([...ROOMS, { name: 'late', plugins }], true)).toEqual([
      'jupyter-crispdm:widgets'
    ]);
    expect(plugins).not.toHaveBeenCalled();
  });

  it('comes without a room that cannot be loaded, and says so', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const refuse = () => Promise.reject(new Error('no such chunk'));
    const broken = { name: 'broken', plugins: refuse, widgets: refuse };
    const whole = await idsOf(ROOMS, false);
    expect(await idsOf([broken, ...ROOMS], false)).toEqual(whole);
    expect(Object.keys(await widgetsOf([broken, ...ROOMS]))).toContain('JobTableView');
    expect(said).toHaveBeenCalledTimes(2);
    said.mockRestore();
  });
});

describe('a toy room, by one line in the list of rooms', () => {
  const rooms = [...ROOMS, toyRoom];

  // proves: rooms.toy
  it('shows what its topic tells in a section of the side panel, among the others', async () => {
    await start(await pluginsOf(rooms, false));
    await tell(['buy milk', 'train longer']);
    expect(titles()).toEqual(['Jobs', 'Notes', 'Schedules', 'Streams', 'Environments', 'Models']);
    const section = document.querySelector('.crispdm-mod-notes');
    await waitFor(() => expect(section?.textContent).toContain('buy milk, train longer'));
  });

  it('has a command', async () => {
    await start(await pluginsOf(rooms, false));
    await app.commands.execute('toy:write-note', { text: 'buy milk' });
    expect(asked[0]).toMatchObject({ method: 'POST', body: { text: 'buy milk' } });
    expect(asked[0].path).toMatch(/\/crispdm\/api\/notes$/);
  });

  it('has a widget that follows the same topic in a dashboard', async () => {
    const { NotesView } = (await widgetsOf(rooms)) as unknown as { NotesView: IViewClass };
    const view = Object.create(NotesView.prototype) as IViewClass['prototype'];
    Object.assign(view, { el: document.createElement('div'), listenTo: () => undefined });
    await act(async () => Promise.resolve(view.render()));
    await tell(['buy milk']);
    await waitFor(() => expect(view.el.textContent).toBe('buy milk'));
  });
});
