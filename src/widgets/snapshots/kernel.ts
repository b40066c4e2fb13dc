import type { WidgetModel } from '@jupyter-widgets/base';

const GONE = new Set(['dead', 'terminating', 'restarting', 'autorestarting']);

/** A kernel as the managers of widgets hold it. */
interface IManagersKernel {
  readonly status?: string;
}

/** Whether the kernel that made a widget can still hear of it. One that was restarted knows it no more. */
export function isKernelThere(model: WidgetModel): boolean {
  const { kernel } = model.widget_manager as { kernel?: IManagersKernel | null };
  return model.comm_live && kernel !== null && !GONE.has(kernel?.status ?? '');
}
