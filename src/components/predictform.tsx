import React, { useState } from 'react';
import type { Prediction } from '../api/serving';
import { useTrans } from './context';

const MOST_PICTURES = 16;
const ACCEPTED = 'image/png,image/jpeg,image/webp,image/bmp';

/** A picture to ask about: its name and its content as a data URL. */
export interface IPicture {
  name: string;
  url: string;
}

interface IAnswer {
  picture: IPicture;
  prediction: Prediction;
}

interface IProps {
  title: string;
  examples: readonly IPicture[];
  ask: (images: readonly string[]) => Promise<Prediction[]>;
}

/** Choose pictures, see what the model finds in them. */
export function PredictForm({ title, examples, ask }: IProps): React.JSX.Element {
  const trans = useTrans();
  const [answers, setAnswers] = useState<readonly IAnswer[]>([]);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const run = async (pictures: readonly IPicture[]): Promise<void> => {
    setBusy(true);
    setError('');
    try {
      const predictions = await ask(pictures.map(({ url }) => url.slice(url.indexOf(',') + 1)));
      setAnswers(pictures.map((picture, index) => ({ picture, prediction: predictions[index] })));
    } catch (reason) {
      setError(reason instanceof Error ? reason.message : String(reason));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="crispdm-Card crispdm-Predict" aria-busy={isBusy}>
      <h3>{title || trans.__('Ask the model')}</h3>
      <Chooser isBusy={isBusy} onChosen={run} />
      {examples.length > 0 && <Examples examples={examples} isBusy={isBusy} onChosen={run} />}
      {error && (
        <p className="crispdm-Error" role="alert">
          {error}
        </p>
      )}
      <div aria-live="polite">
        {isBusy && <p className="crispdm-Waiting">{trans.__('Asking the model…')}</p>}
        {answers.map((answer, index) => (
          <Answer key={index} {...answer} />
        ))}
      </div>
    </section>
  );
}

interface IChooserProps {
  isBusy: boolean;
  onChosen: (pictures: readonly IPicture[]) => Promise<void>;
}

function Chooser({ isBusy, onChosen }: IChooserProps): React.JSX.Element {
  const trans = useTrans();
  const choose = async (input: HTMLInputElement): Promise<void> => {
    const files = [...(input.files ?? [])].slice(0, MOST_PICTURES);
    input.value = '';
    if (files.length > 0) {
      await onChosen(await Promise.all(files.map(read)));
    }
  };
  return (
    <label className="crispdm-Field">
      {trans.__('Pictures from your computer (at most %1)', MOST_PICTURES)}
      <input
        type="file"
        multiple
        accept={ACCEPTED}
        disabled={isBusy}
        onChange={event => void choose(event.currentTarget)}
      />
    </label>
  );
}

function Examples(props: IChooserProps & { examples: readonly IPicture[] }): React.JSX.Element {
  const trans = useTrans();
  const { examples, isBusy, onChosen } = props;
  return (
    <div className="crispdm-Predict-examples" role="group" aria-label={trans.__('Examples')}>
      {examples.map(example => (
        <button
          key={example.name}
          className="crispdm-Predict-example"
          disabled={isBusy}
          title={trans.__('Ask about %1', example.name)}
          onClick={() => void onChosen([example])}
        >
          <img src={example.url} alt={example.name} />
        </button>
      ))}
    </div>
  );
}

function Answer({ picture, prediction }: IAnswer): React.JSX.Element {
  const trans = useTrans();
  const [{ results, error }, image] = prediction;
  return (
    <figure className="crispdm-Predict-answer">
      <figcaption title={picture.name}>{picture.name}</figcaption>
      <div className="crispdm-Predict-pictures">
        <img src={picture.url} alt={trans.__('The picture')} />
        {image && <img src={`data:image/png;base64,${image}`} alt={trans.__('What was found')} />}
        {error && <p className="crispdm-Error">{error.message}</p>}
        {results && <Findings results={results} />}
      </div>
    </figure>
  );
}

function Findings({
  results
}: {
  results: NonNullable<Prediction[0]['results']>;
}): React.JSX.Element {
  const trans = useTrans();
  const boxes = results['rois [y_min, x_min, y_max, x_max]'];
  if (results.class_name.length === 0) {
    return <p>{trans.__('Nothing was found.')}</p>;
  }
  return (
    <table className="crispdm-Table">
      <thead>
        <tr>
          <th>{trans.__('Found')}</th>
          <th>{trans.__('Score')}</th>
          <th>{trans.__('Box (top, left, bottom, right)')}</th>
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
  );
}

function read(file: File): Promise<IPicture> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve({ name: file.name, url: reader.result as string });
    reader.onerror = () => reject(reader.error ?? new Error(file.name));
    reader.readAsDataURL(file);
  });
}
