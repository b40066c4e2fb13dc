import { Token } from '@lumino/coreutils';
import type { Accepted, Creation, Difference, Environment, Package } from '../api';
import type { IFacts } from './facts';

/** The environments that jobs can run in. */
export interface IEnvironments extends IFacts {
  readonly list: readonly Environment[];
  /** The name of an environment, or its id when it is gone. */
  nameOf(id: string): string;
  /** The id of the environment to propose for a file: that of the nearest project, else the server's. */
  nearest(path: string): Promise<string>;
  /** Whether a kernel is being made for it. */
  isPending(id: string): boolean;
  refresh(): Promise<void>;
  makeKernel(id: string): Promise<void>;
  create(wish: Creation): Promise<Accepted>;
  remove(id: string): Promise<Accepted>;
  install(id: string, packages: readonly string[]): Promise<Accepted>;
  packages(id: string): Promise<Package[]>;
  difference(id: string, other: string): Promise<Difference>;
  exportUrl(id: string, format: 'requirements' | 'conda'): string;
}

export const IEnvironments = new Token<IEnvironments>(
  'jupyter-crispdm:IEnvironments',
  'The environments that jobs can run in.'
);

/** The commands for environments. */
export namespace EnvironmentCommands {
  export const refresh = 'jupyter-crispdm:refresh-environments';
  export const create = 'jupyter-crispdm:new-environment';
  export const clone = 'jupyter-crispdm:clone-environment';
  export const remove = 'jupyter-crispdm:delete-environment';
  export const makeKernel = 'jupyter-crispdm:make-kernel';
  export const installKernel = 'jupyter-crispdm:install-kernel';
  export const showPackages = 'jupyter-crispdm:show-packages';
  export const compare = 'jupyter-crispdm:compare-environments';
  export const copyPath = 'jupyter-crispdm:copy-environment-path';
  export const exportList = 'jupyter-crispdm:export-environment';
}
