import type { components } from '../generated';
import type { Received } from '../types';

type Schemas = components['schemas'];

/** A stream as the server tells it; viewers are told neither source nor directory nor job. */
export type Stream = Received<'Stream'>;
export type StreamState = Stream['state'];
/** An alarm as operators know it. */
export type StreamEvent = Received<'StreamEvent'>;
/** What somebody does about an alarm. */
export type EventAction = Partial<Schemas['EventWord']> & Pick<Schemas['EventWord'], 'action'>;
/** How a stream is asked for. */
export type NewStream = Partial<Omit<Schemas['NewStream'], 'source' | 'alert'>> & {
  name: string;
  source: NewSource;
  alert?: Partial<Schemas['Alert']> | null;
};
/** Where samples are to come from: the server checks what each kind needs. */
export type NewSource = Readonly<Record<string, unknown>>;
/** What came when a source was tried. */
export type SourceTrial = Received<'Trial'>;

/** Columns of samples by name, one place for each sample. */
export type Columns = Readonly<Record<string, readonly (number | string | null)[]>>;

/** What the topics tell; a field at its default is left out. */
export type StreamFact = Partial<Omit<Schemas['StreamFact'], 'columns'>> & { columns?: Columns };
export type StreamsFact = { streams?: readonly Stream[]; stream?: Stream; deleted?: string };
export type StreamEventsFact = { events?: readonly StreamEvent[]; event?: StreamEvent };
