import type { LabIcon } from '@jupyterlab/ui-components';
import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type React from 'react';

/** One foldable section of the side panel. */
export interface ISection {
  /** Its noun, which is also the name of its style: `crispdm-mod-<name>`. */
  readonly name: string;
  /** Its title, translated. */
  readonly label: string;
  /** Its place: the lowest rank is at the top. */
  readonly rank: number;
  /** Commands that its title shows as buttons. */
  readonly buttons?: readonly { command: string; icon: LabIcon }[];
  readonly render: () => React.JSX.Element;
}

/** The side panel “CRISP-DM”. */
export interface ISidePanel {
  /** Show a section, until what is returned is disposed of. */
  addSection(section: ISection): IDisposable;
}

export const ISidePanel = new Token<ISidePanel>(
  'jupyter-crispdm:ISidePanel',
  'The side panel “CRISP-DM”, to which each room adds its section.'
);

/** The commands of the side panel. */
export namespace PanelCommands {
  export const show = 'jupyter-crispdm:show-panel';
}
