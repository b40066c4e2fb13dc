import type { TranslationBundle } from '@jupyterlab/translation';
import type { Submission } from '../api';
import { splitArguments } from './shellwords';

/** What the user typed, as he typed it. */
export interface IRunValues {
  path: string;
  name: string;
  environment: string;
  args: string;
  parameters: string;
  cwd: string;
}

/** What is wrong, by field; '' holds what concerns the whole. */
export type RunErrors = Partial<Record<keyof IRunValues | '', string>>;

/** Turn what was typed into a job, or into what is wrong with it. */
export function readForm(
  values: IRunValues,
  trans: TranslationBundle
): { job: Submission } | { errors: RunErrors } {
  const errors: RunErrors = {};
  const args = attempt(() => splitArguments(values.args));
  const parameters = attempt(() => readParameters(values.parameters));
  if (args === null) {
    errors.args = trans.__('A quote is not closed.');
  }
  if (parameters === null) {
    errors.parameters = trans.__('Each line must read: name = value');
  }
  if (values.name.trim().length > 100) {
    errors.name = trans.__('At most 100 characters.');
  }
  if (args === null || parameters === null || errors.name) {
    return { errors };
  }
  return { job: { ...fileOf(values.path), ...textOf(values), args, parameters } };
}

function fileOf(path: string): Submission {
  return path.endsWith('.ipynb') ? { notebook: path } : { script: path };
}

function textOf({ name, environment, cwd }: IRunValues): Submission {
  const given: Submission = { environment };
  if (name.trim()) {
    given.name = name.trim();
  }
  if (cwd.trim()) {
    given.cwd = cwd.trim();
  }
  return given;
}

/** Values that read as JSON (numbers, true, lists) are taken as such, all others as text. */
function readParameters(text: string): Record<string, unknown> {
  const lines = text.split('\n').filter(line => line.trim() !== '');
  return Object.fromEntries(
    lines.map(line => {
      const [, name, value] = /^\s*([^=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      if (!name) {
        throw new SyntaxError(line);
      }
      return [name, readValue(value)];
    })
  );
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The outcome, or null when it throws. */
function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
