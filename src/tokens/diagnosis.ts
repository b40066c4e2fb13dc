import { Token } from '@lumino/coreutils';
import type { Diagnosis } from '../api';
import type { IShownFacts } from './facts';
import type { ISharedModels } from './workbench';

/** What the curves of one job say, as the server sees it. */
export interface IDiagnosis extends IShownFacts {
  /** The newest that is known; null before the first. */
  readonly value: Diagnosis | null;
}

/** The diagnoses of jobs, by id. */
export type IDiagnosisOfJobs = ISharedModels<IDiagnosis>;

export const IDiagnosisOfJobs = new Token<IDiagnosisOfJobs>(
  'jupyter-crispdm:IDiagnosisOfJobs',
  'What the curves of jobs say, by the id of the job.'
);
