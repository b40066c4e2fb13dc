/** Paths of files, as the API names them: parts between slashes, none before the first or after the last. */

/** The folder that holds a file or folder; the root holds itself. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** One path below another; empty parts are left out. */
export function joined(...parts: readonly string[]): string {
  return parts.filter(part => part !== '').join('/');
}

/** Whether a path is a folder's own or below it. All is below the root. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

/** The folders from one down to a path, both of them included; empty when it is not below. */
export function stepsTo(path: string, from: string): string[] {
  if (!isWithin(path, from)) {
    return [];
  }
  const steps = [from];
  for (const part of path.slice(from.length).split('/').filter(Boolean)) {
    steps.push(joined(steps[steps.length - 1], part));
  }
  return steps;
}

/** Paths without those that are below another of them: what happens to a folder happens to all in it. */
export function outermost(paths: readonly string[]): string[] {
  const all = new Set(paths);
  return [...all].filter(path => !stepsTo(parentOf(path), '').some(above => all.has(above)));
}

/** A name in front of its ending, and the ending with its dot. A dot at the start begins none. */
export function splitName(name: string): [string, string] {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
}
