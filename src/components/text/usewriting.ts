import { useEffect, useRef, useState } from 'react';
import { messageOf } from '../../api';
import type { IAskedText, IPiece } from '../../api/text/writing';

/** How a text ended: by itself, at the length that was asked for, by the reader, or by an error; or not yet. */
export type Ending = 'stop' | 'length' | 'stopped' | 'error' | '';

/** A text as far as it is written. */
export interface IWritten {
  prompt: string;
  text: string;
  ending: Ending;
  error: string;
}

export type Write = (asked: IAskedText, signal: AbortSignal) => AsyncIterable<IPiece>;

export interface IWriting {
  written: IWritten;
  isBusy: boolean;
  begin: (asked: IAskedText) => void;
  stop: () => void;
}

const FRAME = 40;

/**
 * Has a text written, and shows it as it grows: often enough to see each piece come, not as often as they come.
 *
 * What was written before stands there until the next one begins. Whoever goes away stops the model.
 */
export function useWriting(
  write: Write,
  kept: IWritten,
  onEnded: (written: IWritten) => void
): IWriting {
  const [written, setWritten] = useState<IWritten | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const begin = (asked: IAskedText): void => {
    running.current?.abort();
    const mine = (running.current = new AbortController());
    const show = (now: IWritten): void => {
      if (running.current === mine && !isGone(mine)) {
        setWritten(now);
      }
    };
    void follow(write, asked, mine.signal, show).then(end => {
      if (running.current === mine) {
        running.current = null;
        setWritten(end);
        onEnded(end);
      }
    });
  };
  const stop = (): void => running.current?.abort();
  const isBusy = written !== null && written.ending === '';
  return { written: written ?? kept, isBusy, begin, stop };
}

const isGone = ({ signal }: AbortController): boolean => signal.aborted;

/** Reads a text to its end, and shows it now and then; resolves with how it ended, whatever happens. */
async function follow(
  write: Write,
  { prompt, ...asked }: IAskedText,
  signal: AbortSignal,
  show: (written: IWritten) => void
): Promise<IWritten> {
  let text = '';
  let timer = 0;
  const now = (ending: Ending, error = ''): IWritten => ({ prompt, text, ending, error });
  const flush = (): void => {
    timer = 0;
    show(now(''));
  };
  show(now(''));
  try {
    for await (const piece of write({ prompt, ...asked }, signal)) {
      text += piece.text;
      if (piece.ended !== null) {
        return now(piece.ended === 'length' ? 'length' : 'stop');
      }
      timer ||= window.setTimeout(flush, FRAME);
    }
    return now('stop');
  } catch (reason) {
    return signal.aborted ? now('stopped') : now('error', messageOf(reason));
  } finally {
    window.clearTimeout(timer);
  }
}
