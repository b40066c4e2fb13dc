import { Token } from '@lumino/coreutils';
import type { IShownFacts } from './facts';
import type { ISharedModels } from './workbench';

/** The log of one job: its lines, the newest last. */
export interface ILog extends IShownFacts {
  readonly length: number;
  line(index: number): string;
  /** A number that is the same for the same line when lines are added or dropped at the front. */
  key(index: number): number;
  /** Bytes of the log that lie before the first line held here. */
  readonly earlier: number;
  readonly isLoadingEarlier: boolean;
  /** Whether lines were dropped here because there were too many. */
  readonly isCut: boolean;
  /** Whether the job is over and all of its log is here. */
  readonly isEnded: boolean;
  /** Why the log cannot be read; empty when it can. */
  readonly trouble: string;
  loadEarlier(): Promise<void>;
}

/** The logs of jobs, by id. */
export type ILogs = ISharedModels<ILog>;

export const ILogs = new Token<ILogs>(
  'jupyter-crispdm:ILogs',
  'The logs of jobs, by the id of the job.'
);
