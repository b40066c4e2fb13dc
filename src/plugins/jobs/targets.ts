import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { Job } from '../../api';
import type { IJobs } from '../../tokens/jobs';
import { textArguments } from '../basics/commands';

/** What the commands for jobs share. */
export interface IJobCommands {
  app: JupyterFrontEnd;
  jobs: IJobs;
  trans: TranslationBundle;
  translator: ITranslator;
  /** The ids that a command is for: those named, or that under the mouse, with the marked ones if it is marked. */
  targets: (args: ReadonlyPartialJSONObject) => readonly string[];
}

/** The job whose row or page was clicked last with the right button. */
export function jobUnderMouse(app: JupyterFrontEnd): string {
  return app.contextMenuHitTest(node => Boolean(node.dataset.jobId))?.dataset.jobId ?? '';
}

/** The job whose page is in front. */
export function jobInFront({ shell }: JupyterFrontEnd): string {
  return jobOfPage(shell.currentWidget?.id ?? '');
}

/** The job that a page of this id shows; empty for other pages. */
export function jobOfPage(widget: string): string {
  return /^jupyter-crispdm:job:(.+)$/.exec(widget)?.[1] ?? '';
}

/** The schema of a command that is for one job or several. */
export function jobArguments(trans: TranslationBundle): ReturnType<typeof textArguments> {
  return textArguments({ id: trans.__('The id of the job') });
}

/** Those of the targets that are in the list. */
export function jobsOf(context: IJobCommands, args: ReadonlyPartialJSONObject): readonly Job[] {
  return context.targets(args).flatMap(id => context.jobs.get(id) ?? []);
}

/** The one job that a command is for; empty when there are several. */
export function oneOf({ targets }: IJobCommands, args: ReadonlyPartialJSONObject): string {
  const ids = targets(args);
  return ids.length === 1 ? ids[0] : '';
}
