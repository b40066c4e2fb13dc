import type React from 'react';

/** The states that every view is thought through in. `dark` is the usual one in Lab's dark theme. */
export const STATES = ['empty', 'loading', 'error', 'usual', 'long', 'many', 'dark'] as const;
export type State = (typeof STATES)[number];

/** A view in one state: how it is made, and what must be seen there. */
export interface IScene {
  element: () => React.JSX.Element;
  /** Texts, labels and values that must be there. */
  says: readonly string[];
  /** Texts, labels and values that must not be there. */
  hides?: readonly string[];
  /** How many elements of a role there are; of those that are only drawn in part, at most how many. */
  roles?: Readonly<Record<string, number | { most: number }>>;
  /** Milliseconds until it is as it stays, where that is not at once. */
  settles?: number;
  /** What somebody does before one looks: opens, types. */
  act?: (root: HTMLElement) => void;
}

/** A view with its states. A state that it cannot have says why. */
export interface IView {
  /** What stands in the name of its pictures. */
  name: string;
  /** The files that draw it, below src/. */
  files: readonly string[];
  width: number;
  height: number;
  scenes: Readonly<Record<string, IScene>>;
  without?: Partial<Record<State, string>>;
}

/** The moment at which all pictures are taken. */
export const NOW = '2026-11-21T12:00:00Z';

export const LONG =
  'sweep over all learning rates and batch sizes that were ever proposed in a paper, second attempt';

/** A view with its dark state, which is one of the others in another theme. */
export function view(made: Omit<IView, 'scenes'> & { scenes: Record<string, IScene> }): IView {
  const { scenes } = made;
  const usual = scenes.usual;
  return usual ? { ...made, scenes: { ...scenes, dark: usual } } : made;
}

/** A number of things, each made from its number. */
export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** The name of the file of a picture. */
export function pictureOf(view: IView, scene: string): string {
  return `${view.name}-${scene}.png`;
}
