import { useEffect, useRef, useState } from 'react';
import { messageOf } from '../../api';

/** A text that is on its way, there, or refused. What was shown before stays until the next one is there. */
export interface IText {
  text: string | null;
  error: string;
}

const WAITING: IText = { text: null, error: '' };

/** The text that `read` answers, asked for once for each `key`; an answer that comes after another key is dropped. */
export function useText(key: string, read: () => Promise<string>): IText {
  const [found, setFound] = useState(WAITING);
  const asked = useRef(read);
  asked.current = read;
  useEffect(() => {
    let isOver = false;
    const take = (next: IText): void => {
      if (!isOver) {
        setFound(next);
      }
    };
    asked.current().then(
      text => take({ text, error: '' }),
      (error: unknown) => take({ text: null, error: messageOf(error) })
    );
    return () => {
      isOver = true;
    };
  }, [key]);
  return found;
}
