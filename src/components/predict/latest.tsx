import React from 'react';
import { useTrans } from '../basics/context';
import { formatClock } from '../basics/format';
import { useNow } from '../basics/hooks';
import type { IAnswer } from './answer';

/** What somebody asked the model, and what it found. */
export interface IAsked {
  readonly by: string;
  /** ISO 8601. */
  readonly time: string;
  readonly picture: string;
  readonly found: readonly string[];
}

/** So many of the latest answers are kept. */
export const KEPT_ANSWERS = 20;

/** The answers that went well, as others are told of them. */
export function askedOf(answers: readonly IAnswer[], by: string, time: string): readonly IAsked[] {
  return answers.flatMap(({ picture, results }) =>
    results ? [{ by, time, picture: picture.name, found: results.class_name }] : []
  );
}

/** The latest answers out of a shared list, the newest first; what is none is left out: anybody may write there. */
export function readAsked(value: unknown): readonly IAsked[] {
  return Array.isArray(value)
    ? value
        .map(readOne)
        .filter(one => one !== null)
        .reverse()
    : [];
}

function readOne(value: unknown): IAsked | null {
  const { by, time, picture, found } = (value ?? {}) as Record<string, unknown>;
  const areTexts = [by, time, picture].every(one => typeof one === 'string');
  const isList = Array.isArray(found) && found.every(one => typeof one === 'string');
  return areTexts && isList && !Number.isNaN(Date.parse(time as string))
    ? ({ by, time, picture, found } as IAsked)
    : null;
}

/** What everybody asked lately. */
export function LatestAnswers({ asked }: { asked: readonly IAsked[] }): React.JSX.Element {
  const trans = useTrans();
  const now = useNow(asked.length > 0);
  return (
    <div className="crispdm-Predict-latest">
      <h4>{trans.__('Asked lately, by everybody')}</h4>
      {asked.length === 0 ? (
        <p className="crispdm-Hint">{trans.__('Nobody has asked yet.')}</p>
      ) : (
        <div
          className="crispdm-Predict-findings"
          tabIndex={0}
          role="group"
          aria-label={trans.__('Asked lately')}
        >
          <table className="crispdm-Table">
            <thead>
              <tr>
                <th scope="col">{trans.__('When')}</th>
                <th scope="col">{trans.__('Who')}</th>
                <th scope="col">{trans.__('Picture')}</th>
                <th scope="col">{trans.__('Found')}</th>
              </tr>
            </thead>
            <tbody>
              {asked.map(({ by, time, picture, found }, at) => (
                <tr key={asked.length - at}>
                  <td>{formatClock(time, now)}</td>
                  <td>{by}</td>
                  <td>{picture}</td>
                  <td>{found.join(' ') || trans.__('nothing')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}
