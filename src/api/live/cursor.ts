import type { Command, Epoch, IFrame, Period } from './frames';
import { isObject } from './frames';

/**
 * What a frame means for who follows the topic.
 *
 * `next`: it goes on from what is known. `anew`: it begins again, and what was known counts no more.
 * `known`: it came before. `hole`: something before it is missing, so the topic must be asked for again.
 */
export type Verdict = 'next' | 'anew' | 'known' | 'hole';

/**
 * How far one topic is known: the number of the last message, and the epoch in which that number counts.
 *
 * It knows no socket and no clock. A caller must hand it only frames of the newest subscription.
 */
export class Cursor {
  constructor(readonly topic: string) {}

  /** The command that asks for all that came after what is known. */
  ask(period: Period, isPacked = false): Command {
    this._isFirst = true;
    const command = {
      subscribe: this.topic,
      since: this._seq,
      period,
      ...(isPacked && { packed: true })
    };
    return this._epoch === null ? command : { ...command, epoch: this._epoch };
  }

  /** Judge a frame, and move on when it counts. */
  take(frame: IFrame): Verdict {
    const verdict = this._judge(frame);
    if (verdict === 'next' || verdict === 'anew') {
      this._isFirst = false;
      this._seq = this._placeAfter(frame, verdict);
      this._epoch = frame.epoch ?? this._epoch;
    }
    return verdict;
  }

  private _judge(frame: IFrame): Verdict {
    if (this._seq === null) {
      return 'anew';
    }
    const fact = factOf(frame);
    if (frame.epoch !== undefined && frame.epoch !== this._epoch) {
      return fact.reset === true || this._isFirst ? 'anew' : 'hole';
    }
    // The first frame of a subscription always counts: a server that started anew may number from a lower place.
    if (!this._isFirst && !isWord(fact) && (frame.seq ?? 0) <= this._seq) {
      return 'known';
    }
    if (fact.reset === true) {
      return 'anew';
    }
    return this._isFirst || isWord(fact) || isJoined(fact, this._seq) ? 'next' : 'hole';
  }

  /** Word of a topic does not move its place. */
  private _placeAfter({ seq = 0, ...frame }: IFrame, verdict: Verdict): number {
    const isMove = verdict === 'anew' || !isWord(factOf(frame));
    return isMove || this._seq === null ? seq : this._seq;
  }

  private _seq: number | null = null;
  private _epoch: Epoch | null = null;
  private _isFirst = true;
}

/** What the protocol itself reads of the data of a message. */
interface IFact {
  /** The data begin again. */
  reset?: unknown;
  /** Something before the data is missing, and cannot be had. */
  gap?: unknown;
  /** The number of the last message before this one; only logs tell it. */
  start?: unknown;
  ended?: unknown;
  trouble?: unknown;
  text?: unknown;
  series?: unknown;
  columns?: unknown;
}

function factOf(frame: IFrame): IFact {
  return isObject(frame.data) ? frame.data : {};
}

/** Whether a message tells how the topic is, and brings nothing new of it: taken twice it does no harm. */
function isWord({ ended, trouble, text, series, columns }: IFact): boolean {
  const isEmpty = !text && Object.keys(series ?? columns ?? {}).length === 0;
  return isEmpty && (ended === true || trouble !== undefined);
}

/** Whether nothing is missing between the last message and this one, as far as one can see. */
function isJoined({ start, gap }: IFact, last: number): boolean {
  return typeof start !== 'number' || start === last || gap === true;
}
