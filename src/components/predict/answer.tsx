import React from 'react';
import type { IFindings, Prediction } from '../../api/serving';
import { useTrans } from '../basics/context';

/** A picture to ask about: its name and its content as a data URL. */
export interface IPicture {
  name: string;
  url: string;
}

/** What the model said of one picture, or why it said nothing. */
export interface IAnswer {
  picture: IPicture;
  results: IFindings | null;
  image: string | null;
  error: string;
}

/** The answer to one picture out of a reply. */
export function answerOf(picture: IPicture, prediction: Prediction | undefined): IAnswer {
  const [{ results, error }, image] = prediction ?? [{}, null];
  return { picture, results: results ?? null, image, error: error?.message ?? '' };
}

/** The answers, one for each picture, and at the front the names of those that have none. */
export function Answers({ answers }: { answers: readonly IAnswer[] }): React.JSX.Element {
  const trans = useTrans();
  const bad = answers.filter(({ error }) => error !== '');
  return (
    <>
      {bad.length > 0 && answers.length > 1 && (
        <p className="crispdm-Error" role="alert">
          {trans.__(
            'No answer to %1 of %2 pictures: %3',
            bad.length,
            answers.length,
            bad.map(({ picture }) => picture.name).join(', ')
          )}
        </p>
      )}
      {answers.map((answer, index) => (
        <Answer key={index} {...answer} />
      ))}
    </>
  );
}

function Answer({ picture, results, image, error }: IAnswer): React.JSX.Element {
  const trans = useTrans();
  return (
    <figure className="crispdm-Predict-answer" data-refused={error !== '' || undefined}>
      <figcaption title={picture.name}>{picture.name}</figcaption>
      <div className="crispdm-Predict-pictures">
        <img src={picture.url} alt={trans.__('The picture')} />
        {image && <img src={`data:image/png;base64,${image}`} alt={trans.__('What was found')} />}
        {error && (
          <p className="crispdm-Error" role="alert">
            {trans.__('%1: %2', picture.name, error)}
          </p>
        )}
        {results && <Findings results={results} />}
        {!error && !results && <p>{trans.__('No answer came.')}</p>}
      </div>
    </figure>
  );
}

function Findings({ results }: { results: IFindings }): React.JSX.Element {
  const trans = useTrans();
  const boxes = results['rois [y_min, x_min, y_max, x_max]'];
  if (results.class_name.length === 0) {
    return <p>{trans.__('Nothing was found.')}</p>;
  }
  return (
    <div
      className="crispdm-Predict-findings"
      tabIndex={0}
      role="group"
      aria-label={trans.__('Found')}
    >
      <table className="crispdm-Table">
        <thead>
          <tr>
            <th scope="col">{trans.__('Found')}</th>
            <th scope="col">{trans.__('Score')}</th>
            <th scope="col">{trans.__('Box (top, left, bottom, right)')}</th>
          </tr>
        </thead>
        <tbody>
          {results.class_name.map((name, index) => (
            <tr key={index}>
              <td>{name}</td>
              <td>{results.scores[index].toFixed(2)}</td>
              <td>{boxes[index].join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
