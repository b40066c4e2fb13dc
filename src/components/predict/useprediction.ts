import { useEffect, useRef, useState } from 'react';
import { ApiError, messageOf } from '../../api';
import type { Prediction } from '../../api/serving';
import type { IAnswer, IPicture } from './answer';
import { answerOf } from './answer';

/** One question to the model, as far as it is. */
export interface IPredictionState {
  isBusy: boolean;
  answers: readonly IAnswer[];
  /** Why the question was refused as a whole. */
  error: string;
}

const NOTHING: IPredictionState = { isBusy: false, answers: [], error: '' };

/** Asks about pictures. A new question clears the answers to the one before, and what comes late for that one is dropped. */
export function usePrediction(
  ask: (images: readonly string[]) => Promise<Prediction[]>,
  onAnswered?: (answers: readonly IAnswer[]) => void
): [IPredictionState, (pictures: readonly IPicture[]) => Promise<void>] {
  const [question, setQuestion] = useState<IPredictionState>(NOTHING);
  const number = useRef(0);
  useEffect(() => () => void number.current++, []);
  const put = async (pictures: readonly IPicture[]): Promise<void> => {
    const mine = ++number.current;
    setQuestion({ ...NOTHING, isBusy: true });
    const answer = await answerTo(ask, pictures);
    if (mine === number.current) {
      setQuestion({ ...NOTHING, ...answer });
      onAnswered?.(answer.answers ?? []);
    }
  };
  return [question, put];
}

async function answerTo(
  ask: (images: readonly string[]) => Promise<Prediction[]>,
  pictures: readonly IPicture[]
): Promise<Partial<IPredictionState>> {
  try {
    const predictions = await ask(pictures.map(({ url }) => url.slice(url.indexOf(',') + 1)));
    return { answers: pictures.map((picture, index) => answerOf(picture, predictions[index])) };
  } catch (reason) {
    const each = refusalsOf(reason);
    return each.length === pictures.length
      ? {
          answers: pictures.map((picture, index) =>
            answerOf(picture, [{ error: each[index] }, null])
          )
        }
      : { error: messageOf(reason) };
  }
}

type Refusal = NonNullable<Prediction[0]['error']>;

/** Why each picture was refused, when the server says so. */
function refusalsOf(reason: unknown): readonly Refusal[] {
  const images = reason instanceof ApiError ? reason.details.images : [];
  return Array.isArray(images) ? (images as Refusal[]) : [];
}
