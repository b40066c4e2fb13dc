import type { WidgetModel } from '@jupyter-widgets/base';

const GONE = new Set(['dead', 'terminating', 'restarting', 'autorestarting']);

/** A kernel as the managers of widgets hold it. */
interface IManagersKernel {
  readonly status?: string;
}

/** Whether a kernel of this status hears no more of what it once made. */
export function isGone(status: string): boolean {
  return GONE.has(status);
}

/** Whether the kernel that made a widget can still hear of it. One that was restarted knows it no more. */
export function isKernelThere(model: WidgetModel): boolean {
  const { kernel } = model.widget_manager as { kernel?: IManagersKernel | null };
  return model.comm_live && kernel !== null && !isGone(kernel?.status ?? '');
}
