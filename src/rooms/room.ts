import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { IProvider } from '../managers/basics/workbench';
import type { WidgetExports } from '../widgets/basics/react';

/**
 * What a room brings into the page, all of it from its own folders.
 *
 * A dashboard never calls `plugins`: there the modules of Lab's shell are missing.
 */
export interface IRoom {
  /** Its noun. */
  readonly name: string;
  /** What its views share, and others may ask for. */
  readonly shares?: readonly IProvider[];
  /** Loads the views of its widgets. */
  readonly widgets?: () => Promise<WidgetExports>;
  /** Loads what it adds to Lab: commands, pages, a section of the side panel. */
  readonly plugins?: () => Promise<readonly JupyterFrontEndPlugin<unknown>[]>;
}
