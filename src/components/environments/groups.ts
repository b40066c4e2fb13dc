import type { TranslationBundle } from '@jupyterlab/translation';
import type { Environment } from '../../api';

/** Environments that belong together, under one title. */
export interface IEnvironmentGroup {
  title: string;
  environments: readonly Environment[];
}

const KINDS: Readonly<Record<Environment['kind'], number>> = {
  server: 0,
  venv: 1,
  uv: 1,
  poetry: 1,
  conda: 2,
  pixi: 2,
  docker: 3,
  pyenv: 4,
  system: 4
};

/** The environments that a text names, by kind; within a kind those that can be used first, by name. */
export function groupEnvironments(
  environments: readonly Environment[],
  filter: string,
  trans: TranslationBundle
): IEnvironmentGroup[] {
  const titles = [
    trans.__('Server'),
    trans.__('Virtual environments'),
    trans.__('conda'),
    trans.__('Images'),
    trans.__('Interpreters')
  ];
  const shown = environments.filter(environment => matches(environment, filter));
  return titles
    .map((title, kind) => ({
      title,
      environments: shown.filter(one => KINDS[one.kind] === kind).sort(usableFirst)
    }))
    .filter(group => group.environments.length > 0);
}

/** Whether every word of a text stands in the name, kind, version or path of an environment. */
export function matches(environment: Environment, filter: string): boolean {
  const { name, kind, version, prefix } = environment;
  const told = `${name} ${kind} python ${version} ${prefix}`.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every(word => told.includes(word));
}

/** Whether a kernel can be lent or installed; it needs Python 3.8. */
export function canBeKernel({ kernel, kind, usable, version }: Environment): boolean {
  const [major, minor] = version.split('.').map(Number);
  const isNewEnough = major > 3 || (major === 3 && minor >= 8);
  return usable && !kernel.ready && isNewEnough && kind !== 'docker';
}

/** Whether packages can be installed into it: neither the server's own nor a bare interpreter. */
export function takesPackages({ kind, usable }: Environment): boolean {
  return usable && !['server', 'docker', 'pyenv', 'system'].includes(kind);
}

function usableFirst(a: Environment, b: Environment): number {
  return Number(b.usable) - Number(a.usable) || a.name.localeCompare(b.name, undefined, NUMERIC);
}

const NUMERIC: Intl.CollatorOptions = { numeric: true };
