import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';

/** One thing that a menu offers. */
export interface IChoice {
  label: string;
  execute: () => void;
  /** Whether it is chosen, where it can be; a tick stands before it. */
  isToggled?: boolean;
}

/** Open a menu below an element: with the arrows, Enter and Escape as every menu of the application. */
export function openMenu(below: Element, choices: readonly IChoice[]): Menu {
  const commands = new CommandRegistry();
  const menu = new Menu({ commands });
  choices.forEach(({ label, execute, isToggled }, at) => {
    commands.addCommand(String(at), {
      label,
      execute,
      isToggleable: isToggled !== undefined,
      isToggled: () => isToggled === true,
      describedBy: { args: { type: 'object', properties: {} } }
    });
    menu.addItem({ command: String(at) });
  });
  menu.aboutToClose.connect(() => {
    if (below instanceof HTMLElement) {
      below.focus();
    }
    // The command is executed after the menu has closed.
    setTimeout(() => menu.dispose(), 0);
  });
  const { left, bottom } = below.getBoundingClientRect();
  menu.open(left, bottom);
  return menu;
}
