import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useId, useState } from 'react';
import type { Deployment } from '../../api';
import type { Prediction } from '../../api/serving';
import { usePrediction } from './useprediction';
import { useTrans } from '../basics/context';
import type { IAnswer, IPicture } from './answer';
import { Answers } from './answer';

const MOST_PICTURES = 16;
const ACCEPTED = 'image/png,image/jpeg,image/webp,image/bmp';

interface IProps {
  title: string;
  examples: readonly IPicture[];
  /** What is served; null as long as nobody told. */
  deployments: readonly Deployment[] | null;
  /** Who answers, in words, where that is known. */
  answering?: string;
  ask: (images: readonly string[]) => Promise<Prediction[]>;
  /** Hears of what was answered. */
  onAnswered?: (answers: readonly IAnswer[]) => void;
  /** What stands below the answers. */
  children?: React.ReactNode;
}

/** Choose pictures, see what the model finds in them. Without a model it says so before it is asked. */
export function PredictForm(props: IProps): React.JSX.Element {
  const { title, examples, deployments, answering, ask, onAnswered, children } = props;
  const trans = useTrans();
  const id = useId();
  const [question, put] = usePrediction(ask, onAnswered);
  const isServed =
    answering !== undefined || (deployments?.some(({ state }) => state === 'ready') ?? false);
  const isClosed = question.isBusy || !isServed;
  return (
    <section
      className="crispdm-Card crispdm-Predict"
      aria-labelledby={id}
      aria-busy={question.isBusy}
    >
      <h3 id={id}>{title || trans.__('Ask the model')}</h3>
      <p className="crispdm-Predict-served" role="status" data-served={isServed}>
        {answering ?? served(trans, deployments)}
      </p>
      <Chooser isClosed={isClosed} onChosen={put} />
      {examples.length > 0 && <Examples examples={examples} isClosed={isClosed} onChosen={put} />}
      {question.error && (
        <p className="crispdm-Error" role="alert">
          {question.error}
        </p>
      )}
      <div aria-live="polite">
        {question.isBusy && <p className="crispdm-Waiting">{trans.__('Asking the model…')}</p>}
        <Answers answers={question.answers} />
      </div>
      {children}
    </section>
  );
}

/** Which model answers, or why none does. */
function served(trans: TranslationBundle, deployments: readonly Deployment[] | null): string {
  if (deployments === null) {
    return trans.__('Looking for a deployed model…');
  }
  const of = (state: Deployment['state']): Deployment | undefined =>
    deployments.find(one => one.state === state);
  const [ready, starting, failed] = [of('ready'), of('starting'), of('failed')];
  if (ready) {
    return trans.__('%1, version %2, answers.', ready.model, ready.version);
  }
  if (starting) {
    return trans.__('%1, version %2, is starting…', starting.model, starting.version);
  }
  return failed
    ? trans.__('%1, version %2, cannot answer: %3', failed.model, failed.version, failed.reason)
    : trans.__('No model is deployed yet. As soon as one is, you can ask it here.');
}

interface IChooserProps {
  isClosed: boolean;
  onChosen: (pictures: readonly IPicture[]) => Promise<void>;
}

/** Pictures of the reader's own. Those that are too many or cannot be read are named, the others asked about. */
function Chooser({ isClosed, onChosen }: IChooserProps): React.JSX.Element {
  const trans = useTrans();
  const [left, setLeft] = useState<readonly string[]>([]);
  const choose = async (input: HTMLInputElement): Promise<void> => {
    const files = [...(input.files ?? [])];
    const read = await Promise.all(files.slice(0, MOST_PICTURES).map(readPicture));
    const pictures = read.filter(picture => picture !== null);
    const names = new Set(pictures.map(({ name }) => name));
    setLeft(files.map(({ name }) => name).filter(name => !names.has(name)));
    input.value = '';
    if (pictures.length > 0) {
      await onChosen(pictures);
    }
  };
  return (
    <>
      <label className="crispdm-Field">
        {trans.__('Pictures from your computer (at most %1)', MOST_PICTURES)}
        <input
          type="file"
          multiple
          accept={ACCEPTED}
          disabled={isClosed}
          onChange={event => void choose(event.currentTarget)}
        />
      </label>
      {left.length > 0 && (
        <p className="crispdm-Error" role="alert">
          {trans.__('Left out, since they are too many or cannot be read: %1', left.join(', '))}
        </p>
      )}
    </>
  );
}

function Examples(props: IChooserProps & { examples: readonly IPicture[] }): React.JSX.Element {
  const trans = useTrans();
  const { examples, isClosed, onChosen } = props;
  return (
    <div className="crispdm-Predict-examples" role="group" aria-label={trans.__('Examples')}>
      {examples.map((example, index) => (
        <button
          key={index}
          className="crispdm-Predict-example"
          disabled={isClosed}
          title={trans.__('Ask about %1', example.name)}
          onClick={() => void onChosen([example])}
        >
          <img src={example.url} alt={example.name} />
        </button>
      ))}
    </div>
  );
}

/** A chosen file as a picture; null when the browser cannot read it. */
function readPicture(file: File): Promise<IPicture | null> {
  return new Promise(resolve => {
    const reader = new FileReader();
    reader.onload = () => resolve({ name: file.name, url: reader.result as string });
    reader.onerror = () => resolve(null);
    reader.readAsDataURL(file);
  });
}
