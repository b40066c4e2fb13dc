import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import type { WidgetTracker } from '@jupyterlab/apputils';
import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';
import { JobCommands } from '../../src/tokens/jobs';

type Args = ReadonlyPartialJSONObject;

/** Lab as far as our plugins ask for it: commands, a shell that holds widgets, and files. */
export class FakeLab {
  readonly commands = new CommandRegistry();
  /** What the commands of other plugins were asked for. */
  readonly asked: [string, Args][] = [];
  /** Where each widget was put. */
  readonly places: { widget: Widget; area: string; options: unknown }[] = [];
  /** The data of the element under the mouse. */
  hit: Record<string, string> = {};
  current: Widget | null = null;
  /** When Lab has put everything in its place. */
  restored: Promise<void> = Promise.resolve();
  /** What stands in notebooks, by their paths. */
  notebooks = new Map<string, unknown>();

  readonly shell = {
    node: document.createElement('div'),
    add: (widget: Widget, area: string, options: unknown) => {
      this.places.push({ widget, area, options });
      Widget.attach(widget, document.body);
    },
    activateById: (id: string) => {
      this.current = this.places.find(({ widget }) => widget.id === id)?.widget ?? null;
    }
  };

  readonly contents = {
    driveName: (path: string) => (path.includes(':') ? path.split(':')[0] : ''),
    localPath: (path: string) => path.split(':').at(-1) ?? '',
    get: (path: string) =>
      this.notebooks.has(path)
        ? Promise.resolve({ content: this.notebooks.get(path) })
        : Promise.reject(new Error('There is no such file.'))
  };

  get app(): JupyterFrontEnd {
    const currentWidget = (): Widget | null => this.current;
    const shell = Object.defineProperty(this.shell, 'currentWidget', {
      get: currentWidget,
      configurable: true
    });
    const { commands, contents, restored } = this;
    const contextMenuHitTest = (test: (node: HTMLElement) => boolean): HTMLElement | undefined => {
      const node = document.createElement('div');
      Object.assign(node.dataset, this.hit);
      return test(node) ? node : undefined;
    };
    const app = { commands, shell, contextMenuHitTest, restored };
    return { ...app, serviceManager: { contents } } as unknown as JupyterFrontEnd;
  }

  /** Commands of another plugin: they note what they are asked for. */
  stand(...ids: string[]): void {
    ids.forEach(id =>
      this.commands.addCommand(id, {
        execute: args => void this.asked.push([id, args]),
        describedBy: { args: {} }
      })
    );
  }

  /** The jobs that were opened. */
  get opened(): unknown[] {
    return this.asked.filter(([id]) => id === JobCommands.open).map(([, { id }]) => id);
  }

  run(id: string, args: Args = {}): Promise<unknown> {
    return this.commands.execute(id, args);
  }

  dispose(): void {
    this.places.forEach(({ widget }) => widget.dispose());
    this.shell.node.remove();
  }
}

/** What a plugin asks Lab to bring back after a reload. */
export class FakeRestorer {
  tracker: WidgetTracker | null = null;
  added: [Widget, string][] = [];
  private _options: { name: (page: Widget) => string; args: (page: Widget) => Args } | null = null;

  get asRestorer(): ILayoutRestorer {
    const restore = (tracker: WidgetTracker, options: FakeRestorer['_options']) => {
      this.tracker = tracker;
      this._options = options;
      return Promise.resolve();
    };
    const add = (widget: Widget, name: string) => void this.added.push([widget, name]);
    return { restore, add } as unknown as ILayoutRestorer;
  }

  /** Under which name and with which arguments a page would come back. */
  saved(page: Widget): [string, Args] {
    const { name, args } = this._options!;
    return [name(page), args(page)];
  }
}

/** What is remembered over reloads of the page, as JSON. */
export class FakeState {
  readonly kept = new Map<string, string>();

  get asState(): IStateDB {
    const fetch = (id: string) => {
      const text = this.kept.get(id);
      return Promise.resolve(text === undefined ? undefined : (JSON.parse(text) as Args));
    };
    const save = (id: string, value: unknown) =>
      Promise.resolve(void this.kept.set(id, JSON.stringify(value)));
    return { fetch, save } as unknown as IStateDB;
  }

  put(id: string, value: unknown): void {
    this.kept.set(id, JSON.stringify(value));
  }
}

/** Entries of the palette or the launcher, as they were added. */
export function fakeEntries<T>(): { entries: { command: string; args?: Args }[]; as: T } {
  const entries: { command: string; args?: Args }[] = [];
  const put = (entry: { command: string; args?: Args }) => void entries.push(entry);
  return { entries, as: { addItem: put, add: put } as unknown as T };
}
