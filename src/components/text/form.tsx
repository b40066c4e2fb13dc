import React, { useId } from 'react';
import { useTrans } from '../basics/context';
import { Empty } from '../basics/empty';
import { Field } from '../basics/field';
import { WrittenText } from './written';
import type { IWriting } from './usewriting';

/** What a visitor chose. */
export interface ITextChoice {
  prompt: string;
  model: string;
  maxTokens: number;
  temperature: number;
}

interface IProps {
  title: string;
  choice: ITextChoice;
  /** The models that write; null as long as nobody told. */
  models: readonly string[] | null;
  /** Why it is not known which models there are. */
  trouble: string;
  writing: IWriting;
  onChange: (choice: Partial<ITextChoice>) => void;
}

const LONGEST_PROMPT = 20_000;
const MOST_TOKENS = 16_384;
const HOTTEST = 2;

/** A prompt, a model that goes on with it, and the text as it grows. */
export function TextForm(props: IProps): React.JSX.Element {
  const { title, models, trouble, writing } = props;
  const trans = useTrans();
  const id = useId();
  return (
    <section
      className="crispdm-Card crispdm-Text"
      aria-labelledby={id}
      onKeyDown={event => {
        if (event.key === 'Escape' && writing.isBusy) {
          event.stopPropagation();
          writing.stop();
        }
      }}
    >
      <h3 id={id}>{title || trans.__('Let a model write')}</h3>
      {trouble && (
        <p className="crispdm-Error" role="alert">
          {trouble}
        </p>
      )}
      {models?.length === 0 ? (
        <Empty title={trans.__('No model that writes text is deployed yet.')}>
          {trans.__('As soon as one is, it can be asked here.')}
        </Empty>
      ) : (
        <Asking {...props} />
      )}
      {(models?.length !== 0 || writing.written.ending) && <WrittenText {...writing} />}
    </section>
  );
}

/** The form. Its buttons stay where the keyboard is, also while there is nothing for them to do. */
function Asking({ choice, models, writing, onChange }: IProps): React.JSX.Element {
  const trans = useTrans();
  const known = models ?? [];
  const model = known.includes(choice.model) ? choice.model : (known[0] ?? '');
  const isOpen = model !== '' && !writing.isBusy;
  const begin = (): void => {
    if (isOpen) {
      writing.begin({ ...choice, model });
    }
  };
  return (
    <form
      className="crispdm-Text-form"
      onSubmit={event => {
        event.preventDefault();
        begin();
      }}
    >
      <Field
        label={trans.__('Beginning')}
        hint={trans.__('The model goes on from here. Ctrl+Enter begins, Escape stops.')}
      >
        <textarea
          className="crispdm-Input crispdm-Text-prompt"
          rows={3}
          maxLength={LONGEST_PROMPT}
          value={choice.prompt}
          onChange={event => onChange({ prompt: event.target.value })}
          onKeyDown={event => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
              event.preventDefault();
              event.stopPropagation();
              begin();
            }
          }}
        />
      </Field>
      <div className="crispdm-Text-choices">
        <Choices choice={{ ...choice, model }} models={models} onChange={onChange} />
        <span className="crispdm-Text-deeds">
          <button
            className="crispdm-Button crispdm-mod-accept"
            type="submit"
            aria-disabled={!isOpen}
          >
            {trans.__('Generate')}
          </button>
          <button
            className="crispdm-Button"
            type="button"
            aria-disabled={!writing.isBusy}
            onClick={writing.stop}
          >
            {trans.__('Stop')}
          </button>
        </span>
      </div>
    </form>
  );
}

/** Who writes, how much, and how boldly. */
function Choices(props: Pick<IProps, 'choice' | 'models' | 'onChange'>): React.JSX.Element {
  const { choice, models, onChange } = props;
  const trans = useTrans();
  return (
    <>
      <Field label={trans.__('Model')}>
        <select
          className="crispdm-Input"
          value={choice.model}
          disabled={models === null}
          onChange={event => onChange({ model: event.target.value })}
        >
          {models === null && <option value="">{trans.__('Looking for models…')}</option>}
          {models?.map(name => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </Field>
      <NumberField
        label={trans.__('Length')}
        value={choice.maxTokens}
        least={1}
        most={MOST_TOKENS}
        step={1}
        onChange={maxTokens => onChange({ maxTokens })}
      />
      <NumberField
        label={trans.__('Temperature')}
        value={choice.temperature}
        least={0}
        most={HOTTEST}
        step={0.1}
        onChange={temperature => onChange({ temperature })}
      />
    </>
  );
}

/** A number; what is out of range or none is not taken. */
function NumberField(props: {
  label: string;
  value: number;
  least: number;
  most: number;
  step: number;
  onChange: (value: number) => void;
}): React.JSX.Element {
  const { label, value, least, most, step, onChange } = props;
  return (
    <Field label={label}>
      <input
        className="crispdm-Input"
        type="number"
        min={least}
        max={most}
        step={step}
        defaultValue={value}
        key={value}
        onBlur={event => {
          const given = event.target.valueAsNumber;
          const rounded = step === 1 ? Math.round(given) : given;
          const fits = rounded >= least && rounded <= most;
          event.target.value = String(fits ? rounded : value);
          if (fits && rounded !== value) {
            onChange(rounded);
          }
        }}
      />
    </Field>
  );
}
