import type { ErrorBody } from '../types';

/** One numbering of a log: its numbers mean nothing in another epoch. */
export type Epoch = string | number;

/** Seconds between two messages at least; `epoch`: when one is over; null: as they come. */
export type Period = number | 'epoch' | null;

/** What the server sends on the live socket. */
export interface IFrame {
  topic: string;
  seq?: number;
  /** Only logs and metrics have one. */
  epoch?: Epoch;
  data?: unknown;
  error?: ErrorBody;
  /** The last frame of a subscription: those after it belong to the next one. */
  left?: boolean;
}

/** What the page sends on the live socket. */
export type Command =
  | {
      subscribe: string;
      since: number | null;
      period: Period;
      epoch?: Epoch;
      /** Curves may come as binary frames: see packed.ts. */
      packed?: boolean;
    }
  | { unsubscribe: string }
  | { heartbeat: number };

/** The frame in a text that the socket brought; null for a heartbeat and for what is no frame. */
export function readFrame(text: string): IFrame | null {
  const frame = parsed(text);
  return isObject(frame) && typeof frame.topic === 'string' ? (frame as unknown as IFrame) : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Whether a value has fields that can be read. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
