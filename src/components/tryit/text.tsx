import React, { useState } from 'react';
import type { IAsking } from '../../tokens/models';
import type { ITextChoice } from '../text/form';
import { TextForm } from '../text/form';
import type { IWritten } from '../text/usewriting';
import { useWriting } from '../text/usewriting';
import { Programs } from './programs';

const NOTHING: IWritten = { prompt: '', text: '', ending: '', error: '' };
const AT_FIRST = { prompt: '', maxTokens: 200, temperature: 0.8 };

interface IProps {
  asking: IAsking;
  title: string;
}

/** A form for a model that writes: the text as it grows, with stop. */
export function TryText({ asking, title }: IProps): React.JSX.Element {
  const [choice, setChoice] = useState<ITextChoice>({ ...AT_FIRST, model: asking.name });
  const [isWritten, setWritten] = useState(false);
  const writing = useWriting(
    (asked, signal) => asking.write(asked, signal),
    NOTHING,
    () => setWritten(true)
  );
  const { prompt, maxTokens, temperature } = choice;
  return (
    <section className="crispdm-TryModel">
      <TextForm
        title={title}
        choice={choice}
        models={[asking.name]}
        trouble=""
        writing={writing}
        onChange={change => setChoice({ ...choice, ...change })}
      />
      {isWritten && (
        <Programs
          url={asking.url.replace(/infer$/, 'generate')}
          body={{ text_input: prompt, parameters: { max_tokens: maxTokens, temperature } }}
          part="text_output"
        />
      )}
    </section>
  );
}
