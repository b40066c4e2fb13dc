import type { TranslationBundle } from '@jupyterlab/translation';
import type { Job, Run } from '../../api';
import { isFinal } from '../../api';
import {
  elapsed,
  formatBytes,
  formatCommand,
  formatDuration,
  formatMoment
} from '../basics/format';
import { outcomeOf } from '../jobgrid/sort';
import type { NameOf } from '../jobs/filter';
import { ownerOf } from '../jobs/owner';
import { stateLabel } from '../jobs/state';
import { runStateLabel } from '../runs/fields';

/** What is compared: a job, or a run that no job made. */
export type Subject = Job | Run;

/** Whether no job made it. */
export function isRun(subject: Subject): subject is Run {
  return 'lineage' in subject;
}

/** Whether it still goes on. */
export function isGoing(subject: Subject): boolean {
  return isRun(subject) ? subject.state === 'running' : !isFinal(subject.state);
}

/** Everything that is told of how a job or a run went, by its name; what does not apply is empty. */
export function circumstances(
  trans: TranslationBundle,
  nameOf: NameOf,
  now: number
): readonly (readonly [string, (subject: Subject) => string])[] {
  const both = (
    ofJob: (job: Job) => string,
    ofRun: (run: Run) => string = () => ''
  ): ((subject: Subject) => string) => {
    return subject => (isRun(subject) ? ofRun(subject) : ofJob(subject));
  };
  return [
    [
      trans.__('State'),
      both(
        job => stateLabel(trans, job.state),
        run => runStateLabel(trans, run.state)
      )
    ],
    [trans.__('Outcome'), both(outcomeOf, run => run.reason)],
    [
      trans.__('Time'),
      both(
        job => formatTime(elapsed(job, now)),
        ({ duration }) => formatTime(duration === null ? null : duration * 1000)
      )
    ],
    [trans.__('Environment'), ({ environment }) => environment && nameOf(environment)],
    [trans.__('File'), both(job => job.source ?? '')],
    [trans.__('Command'), both(job => formatCommand(job.command))],
    [
      trans.__('Directory'),
      both(
        job => job.cwd,
        run => run.folder
      )
    ],
    [trans.__('CPUs'), both(job => String(job.cpus))],
    [trans.__('GPUs'), both(job => String(job.gpus))],
    [trans.__('Memory limit'), both(job => (job.memory === null ? '' : formatBytes(job.memory)))],
    [trans.__('Attempt'), both(job => String(job.attempt))],
    [
      trans.__('Owner'),
      both(
        job => ownerOf(trans, job),
        run => run.owner
      )
    ],
    [trans.__('Tags'), subject => subject.tags.join(', ')],
    [trans.__('Created'), subject => formatMoment(subject.created)]
  ];
}

function formatTime(time: number | null): string {
  return time === null ? '' : formatDuration(time);
}
