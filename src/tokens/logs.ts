import { Token } from '@lumino/coreutils';
import type { IFacts, IShownFacts } from './facts';
import type { ISharedModels } from './workbench';

/** Lines of a log that follow each other. */
export interface ILogLines {
  readonly length: number;
  line(index: number): string;
  /** A number that is the same for the same line when lines are added or dropped at the front. */
  key(index: number): number;
  /** The byte of the log at which a line begins. A line that is broken into several has that of its beginning. */
  at(index: number): number;
  /** When a line was printed, in seconds since 1970; null where that is not known. */
  time(index: number): number | null;
  /** The bytes of the log at which the first line here begins and the last one ends. */
  readonly start: number;
  readonly end: number;
  /** Whether the byte at a place is in one of these lines. */
  has(at: number): boolean;
}

/** Lines from somewhere in a log, for one reader. It grows at both ends, and forgets what is far from the last growth. */
export interface ILogExcerpt extends ILogLines, IFacts {
  readonly isLoading: boolean;
  /** Why more could not be had; empty when it could. */
  readonly trouble: string;
  loadEarlier(): Promise<void>;
  loadLater(): Promise<void>;
}

/** What is searched for. */
export interface ILogQuery {
  text: string;
  /** Whether the text is a pattern of Python's. */
  regex: boolean;
  /** Whether upper and lower case are two things. */
  matchCase: boolean;
}

/** A line that holds what was searched for: where it begins, and the places in it, in characters. */
export interface ILogMatch {
  at: number;
  places: [number, number][];
  text: string;
}

/** A line that tells of an error. */
export interface ILogError {
  at: number;
  kind: string;
  text: string;
}

/** A part of what was asked for: what was found, the byte at which to go on (null: that is all), and up to which whole line. */
export interface ILogFound<T> {
  found: T[];
  next: number | null;
  whole: number;
}

/** The log of one job: its newest lines, as they come, and a way to all others. */
export interface ILog extends ILogLines, IShownFacts {
  /** Bytes that have been printed. */
  readonly size: number;
  readonly isLoadingEarlier: boolean;
  /** Whether the job is over and the end of its log is here. */
  readonly isEnded: boolean;
  /** Why the log cannot be read; empty when it can. */
  readonly trouble: string;
  /** Grows when the log began anew: what was known of its places is void. */
  readonly beginnings: number;
  loadEarlier(): Promise<void>;
  /** Lines around a byte. The reader disposes of them. */
  excerpt(at: number): Promise<ILogExcerpt>;
  /** Search on the server, from a byte on, for a moment. */
  search(query: ILogQuery, begin: number, signal: AbortSignal): Promise<ILogFound<ILogMatch>>;
  /** Look for errors, from a byte on, for a moment. */
  errors(begin: number, signal: AbortSignal): Promise<ILogFound<ILogError>>;
}

/** The logs of jobs, by id. */
export type ILogs = ISharedModels<ILog>;

export const ILogs = new Token<ILogs>(
  'jupyter-crispdm:ILogs',
  'The logs of jobs, by the id of the job.'
);
