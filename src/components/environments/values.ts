import type { Creation } from '../../api';

/** What is chosen in the form of a new environment, as it stands in the fields. */
export interface IEnvironmentValues {
  name: string;
  kind: '' | 'uv' | 'venv' | 'conda';
  python: string;
  source: 'packages' | 'file' | 'clone';
  packages: string;
  file: string;
  clone: string;
}

/** What is wrong, by field; under the empty name what belongs to none. */
export type EnvironmentErrors = Partial<Record<keyof IEnvironmentValues | '', string>>;

/** A form in which nothing was chosen yet. */
export function emptyEnvironment(): IEnvironmentValues {
  return { name: '', kind: '', python: '', source: 'packages', packages: '', file: '', clone: '' };
}

/** What the server is asked for: only what was filled in, and only of the chosen source. */
export function readEnvironment(values: IEnvironmentValues): Creation {
  const { name, kind, python, source } = values;
  return {
    name: name.trim(),
    ...(kind && { kind }),
    ...(python && source !== 'clone' && { python }),
    ...(source === 'packages' && { packages: lines(values.packages) }),
    ...(source === 'file' && { file: values.file.trim() }),
    ...(source === 'clone' && { clone: values.clone })
  };
}

function lines(text: string): string[] {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(Boolean);
}
