import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate, DisposableSet } from '@lumino/disposable';
import type { ServerConnection } from '@jupyterlab/services';
import { KernelAPI } from '@jupyterlab/services';
import React from 'react';
import { createRoot } from 'react-dom/client';
import { LifeBanner } from '../../components/desk/lifebanner';
import { IPresence } from '../../tokens/state';
import { ISnapshots } from '../../tokens/snapshots';
import type { IWorkbench } from '../../tokens/workbench';
import { tellPage } from '../shared/following';
import { Keeping } from '../snapshots/keeping';
import type { Exists, IKernel } from './lifeline';
import { Lifeline } from './lifeline';
import { Typed } from './typed';

/** The room that the banner takes from what fills the page. */
const HEIGHT = '--crispdm-life';
/** Any page's topic keeps the connection, and so has its loss told. */
const WATCHED = 'dashboard';

interface IVoilaKernel extends IKernel {
  readonly id: string;
  readonly serverSettings: ServerConnection.ISettings;
}

/** Voila's application: it says when it has a manager of widgets, which holds the kernel. */
interface IVoilaApp {
  readonly widgetManagerPromise?: { readonly promise: Promise<{ readonly kernel?: IVoilaKernel }> };
}

/**
 * Watch over a page of a dashboard until this is disposed of: what it lives from, what was typed into it, and where it
 * is for colleagues.
 */
export async function watchPage(app: object, workbench: IWorkbench): Promise<IDisposable> {
  const watch = new DisposableSet();
  const typed = new Typed();
  watch.add(typed);
  watch.add(workbench.get(ISnapshots).watch(WATCHED));
  watch.add(tellPage(workbench.get(IPresence)));
  const manager = await (app as IVoilaApp).widgetManagerPromise?.promise;
  const unsaved = {
    savers: () => [...Keeping.all].map(({ saver }) => saver),
    isTyped: () => typed.isThere
  };
  const kernel = manager?.kernel ?? null;
  const lifeline = new Lifeline(workbench.connection, kernel, unsaved, existsOf(kernel));
  watch.add(lifeline);
  watch.add(showBanner(lifeline));
  return watch;
}

function existsOf(kernel: IVoilaKernel | null): Exists | undefined {
  return kernel
    ? async () => !!(await KernelAPI.getKernelModel(kernel.id, kernel.serverSettings))
    : undefined;
}

function showBanner(lifeline: Lifeline): IDisposable {
  const host = document.createElement('div');
  host.className = 'crispdm-PageLife';
  document.body.append(host);
  const root = createRoot(host);
  const draw = (): void => {
    const { life } = lifeline;
    root.render(React.createElement(LifeBanner, { life, onGoOn: () => lifeline.goOn() }));
  };
  const measure = new ResizeObserver(() =>
    document.body.style.setProperty(HEIGHT, `${host.offsetHeight}px`)
  );
  measure.observe(host);
  lifeline.changed.connect(draw, host);
  draw();
  return new DisposableDelegate(() => {
    lifeline.changed.disconnect(draw, host);
    measure.disconnect();
    root.unmount();
    host.remove();
    document.body.style.removeProperty(HEIGHT);
  });
}
