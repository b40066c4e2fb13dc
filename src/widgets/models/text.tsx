import React, { useEffect, useState } from 'react';
import { messageOf } from '../../api';
import { textModels, writeText } from '../../api/text/writing';
import { useFacts } from '../../components/basics/hooks';
import type { ITextChoice } from '../../components/text/form';
import { TextForm } from '../../components/text/form';
import type { Ending, IWritten } from '../../components/text/usewriting';
import { useWriting } from '../../components/text/usewriting';
import { IModels } from '../../tokens/models';
import type { IWorkbench } from '../../tokens/workbench';
import { ReactView } from '../basics/react';

/** Lets a deployed model write, and keeps what it wrote last. */
export class StreamTextView extends ReactView {
  protected body(workbench: IWorkbench): React.ReactElement {
    return (
      <Writer
        models={workbench.get(IModels)}
        title={this.value<string>('title')}
        choice={{
          prompt: this.value<string>('prompt'),
          model: this.value<string>('model'),
          maxTokens: this.value<number>('max_tokens'),
          temperature: this.value<number>('temperature')
        }}
        kept={readKept(this.value<unknown>('answer'))}
        onChange={choice => this._choose(choice)}
        onEnded={written => this.set({ answer: { ...written } })}
      />
    );
  }

  private _choose({ maxTokens, ...rest }: Partial<ITextChoice>): void {
    this.set(maxTokens === undefined ? rest : { ...rest, max_tokens: maxTokens });
  }
}

interface IWriterProps {
  models: IModels;
  title: string;
  choice: ITextChoice;
  kept: IWritten;
  onChange: (choice: Partial<ITextChoice>) => void;
  onEnded: (written: IWritten) => void;
}

function Writer(props: IWriterProps): React.JSX.Element {
  const { models, title, choice, kept, onChange, onEnded } = props;
  const [names, trouble] = useTextModels(models);
  const writing = useWriting(writeText, kept, onEnded);
  return (
    <TextForm
      title={title}
      choice={choice}
      models={names}
      trouble={trouble}
      writing={writing}
      onChange={onChange}
    />
  );
}

/** The models that write, asked for anew when something is deployed or withdrawn; null as long as nobody told. */
function useTextModels(models: IModels): [readonly string[] | null, string] {
  useFacts(models);
  const [found, setFound] = useState<readonly string[] | null>(null);
  const [trouble, setTrouble] = useState('');
  const served = models.isServingKnown
    ? models.deployments.map(({ id, state }) => `${id} ${state}`).join()
    : null;
  useEffect(() => {
    let isWanted = served !== null;
    const tell = (names: readonly string[] | null, reason: string): void => {
      if (isWanted) {
        setFound(names);
        setTrouble(reason);
      }
    };
    if (served === '') {
      tell([], '');
    } else if (isWanted) {
      textModels().then(
        names => tell(names, ''),
        (reason: unknown) => tell(null, messageOf(reason))
      );
    }
    return () => void (isWanted = false);
  }, [served]);
  return [found, trouble];
}

const ENDINGS: readonly Ending[] = ['stop', 'length', 'stopped', 'error'];

/** The text that was kept; what is none is left out. */
function readKept(value: unknown): IWritten {
  const { prompt, text, ending, error } = (value ?? {}) as Record<string, unknown>;
  const word = (one: unknown): string => (typeof one === 'string' ? one : '');
  const ended = ENDINGS.find(one => one === ending) ?? '';
  return { prompt: word(prompt), text: word(text), ending: ended, error: word(error) };
}
