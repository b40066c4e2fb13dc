import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import type {
  Columns,
  EventAction,
  NewStream,
  SourceTrial,
  Stream,
  StreamEvent
} from '../api/streams';
import type { IFacts, IShownFacts } from './facts';
import type { ISharedModels } from './workbench';

/** The streams of the server, and what can be done with them. */
export interface IStreams extends IFacts {
  /** By name. */
  readonly list: readonly Stream[];
  /** The stream with this id, or else this name. */
  find(key: string): Stream | undefined;
  isPending(id: string): boolean;
  create(stream: NewStream): Promise<Stream>;
  start(id: string): Promise<void>;
  stop(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  test(source: NewStream['source']): Promise<SourceTrial>;
  /** What was recorded between two times in seconds, thinned to about so many samples. */
  history(id: string, from: number, to: number, points: number): Promise<Columns>;
  /** Whether whoever looks may start and stop streams; false until it is known. */
  readonly mayControl: boolean;
}

/** Samples in the order of their numbers. An array read here is good until the next change. */
export interface ISampleColumns {
  readonly length: number;
  readonly seq: Float64Array;
  /** Seconds since the epoch. */
  readonly time: Float64Array;
  /** Not-a-number where there is none. */
  readonly value: Float64Array;
  /** 0 to 1; not-a-number where there is none. */
  readonly probability: Float64Array;
}

/** The newest samples of one stream, the oldest first. */
export interface ISamples extends IShownFacts, ISampleColumns {
  /** Grows with each change. */
  readonly version: number;
  /** Samples that were skipped because this page was too slow for all of them. */
  readonly missed: number;
  /** When the last samples came, in milliseconds of this machine; 0 before the first. */
  readonly heard: number;
  readonly trouble: string;
  /** Keep at least so many. */
  keep(count: number): void;
}

/** The alarms of one stream, the newest first. */
export interface IStreamEvents extends IShownFacts {
  readonly list: readonly StreamEvent[];
  isPending(event: string): boolean;
  act(event: string, action: EventAction): Promise<void>;
}

/** From when on which thresholds held. */
export interface IThresholdChange {
  /** Seconds since the epoch. */
  time: number;
  anomaly: number;
  display: number;
}

/** Above what a sample is an anomaly, and which anomalies are shown. */
export interface IThresholds extends IDisposable {
  readonly anomaly: number;
  readonly display: number;
  /** The oldest first; the last one holds. */
  readonly changes: readonly IThresholdChange[];
  readonly isShared: boolean;
  /** Who changed the shared ones last; empty for one's own. */
  readonly by: string;
  /** Why they cannot be shared; empty when all is well. */
  readonly error: string;
  readonly changed: ISignal<IThresholds, void>;
  set(change: Partial<Pick<IThresholdChange, 'anomaly' | 'display'>>): void;
  /** Follow those that everybody shares, or go on with one's own. */
  share(isShared: boolean): void;
}

/** Two times, in seconds since the epoch. */
export type TimeRange = readonly [number, number];

/** What a plot is to draw: samples in their order, and the times between which one looks. */
export interface IShownSamples {
  readonly columns: ISampleColumns;
  readonly range: TimeRange;
}

/** What the reader's own thresholds are kept in. */
export interface IKeptThresholds {
  readonly changes: readonly IThresholdChange[];
  readonly isShared: boolean;
}

/** One stream as one view looks at it; it tells of all changes but those of the samples. */
export interface IMonitor extends IDisposable {
  readonly id: string;
  readonly changed: ISignal<IMonitor, void>;
  /** What the server says of it; undefined while it does not know one. */
  readonly stream: Stream | undefined;
  readonly samples: ISamples;
  readonly events: IStreamEvents;
  readonly thresholds: IThresholds;
  /** Whether the view goes along with what comes; else it stands still at some time. */
  readonly isLive: boolean;
  /** Whether the past is being asked for, and why it did not come. */
  readonly isLoading: boolean;
  readonly pastError: string;
  readonly isPending: boolean;
  /** What to draw in a plot of so many columns; what lacks of the past is asked for. */
  shown(columns: number): IShownSamples;
  goLive(): void;
  pause(): void;
  pan(seconds: number): void;
  /** Look closer (`factor` under 1) or from farther away, around a moment. */
  zoom(factor: number, around?: number): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Makes what views of streams look through. */
export interface IMonitors {
  open(stream: string, kept: IKeptThresholds, onKept: (kept: IKeptThresholds) => void): IMonitor;
}

/** The samples and alarms of streams, by id. */
export type ISamplesOfStreams = ISharedModels<ISamples>;
export type IEventsOfStreams = ISharedModels<IStreamEvents>;

export const IStreams = new Token<IStreams>(
  'jupyter-crispdm:IStreams',
  'The streams of the server.'
);

export const ISamplesOfStreams = new Token<ISamplesOfStreams>(
  'jupyter-crispdm:ISamplesOfStreams',
  'The newest samples of streams, by the id of the stream.'
);

export const IEventsOfStreams = new Token<IEventsOfStreams>(
  'jupyter-crispdm:IEventsOfStreams',
  'The alarms of streams, by the id of the stream.'
);

export const IMonitors = new Token<IMonitors>(
  'jupyter-crispdm:IMonitors',
  'Views of streams: live, in the past, over thresholds.'
);

/** The commands for streams. */
export namespace StreamCommands {
  export const create = 'jupyter-crispdm:new-stream';
  export const open = 'jupyter-crispdm:open-stream';
  export const start = 'jupyter-crispdm:start-stream';
  export const stop = 'jupyter-crispdm:stop-stream';
  export const remove = 'jupyter-crispdm:delete-stream';
}
