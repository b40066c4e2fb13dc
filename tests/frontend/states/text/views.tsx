import React, { useState } from 'react';
import type { ITextChoice } from '../../../../src/components/text/form';
import { TextForm } from '../../../../src/components/text/form';
import type { Ending, IWritten } from '../../../../src/components/text/usewriting';
import { StreamTextView } from '../../../../src/widgets/models';
import { FakeModels } from '../../support';
import type { IScene, IView } from '../scene';
import { LONG, times, view } from '../scene';
import { quiet, REFUSAL } from '../workbench';
import { widget } from '../widgets';

const PROMPT = 'The class statement';
const SAID =
  ' is a block of the code that is bound to the name of the object.\n\nThe following attributes are set by the import system, ' +
  'and the value of the name is an object of the same type.';

interface IGiven {
  models?: readonly string[] | null;
  choice?: Partial<ITextChoice>;
  text?: string;
  ending?: Ending;
  error?: string;
  trouble?: string;
  isBusy?: boolean;
}

function Shown(given: IGiven): React.JSX.Element {
  const usual = { prompt: PROMPT, model: '', maxTokens: 400, temperature: 0.7 };
  const [choice, setChoice] = useState<ITextChoice>({ ...usual, ...given.choice });
  const { text = '', ending = '', error = '', isBusy = false, models, trouble = '' } = given;
  const written: IWritten = { prompt: choice.prompt, text, ending, error };
  return (
    <TextForm
      title=""
      models={models === undefined ? ['python_manual'] : models}
      trouble={trouble}
      choice={choice}
      writing={{ written, isBusy, begin: quiet, stop: quiet }}
      onChange={changed => setChoice({ ...choice, ...changed })}
    />
  );
}

const form =
  (given: IGiven): IScene['element'] =>
  () => <Shown {...given} />;

const FORM: IView = view({
  name: 'text',
  files: ['components/text/form.tsx', 'components/text/written.tsx'],
  width: 640,
  height: 480,
  scenes: {
    empty: { element: form({ models: [] }), says: ['No model that writes text is deployed yet.'] },
    loading: {
      element: form({ models: null }),
      says: ['Looking for models…', 'What the model writes appears here.']
    },
    error: {
      element: form({ text: SAID.slice(0, 70), ending: 'error', error: REFUSAL }),
      says: [REFUSAL],
      roles: { alert: 1 }
    },
    unknown: {
      element: form({ models: null, trouble: 'The serving process did not answer.' }),
      says: ['The serving process did not answer.'],
      roles: { alert: 1 }
    },
    usual: {
      element: form({ text: SAID, ending: 'length' }),
      says: ['Generate', 'as long as you asked for', 'bound to the name of the object']
    },
    busy: {
      element: form({ text: SAID.slice(0, 58), isBusy: true }),
      says: ['Writing… 58 characters so far.']
    },
    stopped: {
      element: form({ text: SAID.slice(0, 58), ending: 'stopped' }),
      says: ['Stopped after 58 characters.']
    },
    long: {
      element: form({
        models: [LONG.replaceAll(' ', '_')],
        choice: { prompt: LONG.repeat(5) },
        text: 'x'.repeat(400),
        ending: 'length'
      }),
      says: [LONG.replaceAll(' ', '_')]
    },
    many: {
      element: form({ text: times(200, () => SAID).join(''), ending: 'stop' }),
      says: ['characters.']
    }
  }
});

const values = { title: '', prompt: PROMPT, model: '', max_tokens: 400, temperature: 0.7 };

const kept = (text: string): IScene['element'] =>
  widget(
    StreamTextView,
    { ...values, answer: { prompt: PROMPT, text, ending: 'stopped', error: '' } },
    { models: new FakeModels() }
  );

const WIDGET: IView = view({
  name: 'widget-text',
  files: ['widgets/models/text.tsx'],
  width: 640,
  height: 420,
  scenes: {
    empty: {
      element: widget(StreamTextView, { ...values, answer: {} }, { models: new FakeModels() }),
      says: ['No model that writes text is deployed yet.'],
      hides: ['What the model writes appears here.']
    },
    loading: {
      element: widget(
        StreamTextView,
        { ...values, answer: {} },
        { models: Object.assign(new FakeModels(), { isServingKnown: false }) }
      ),
      says: ['Looking for models…']
    },
    usual: { element: kept(SAID), says: ['Stopped after'] }
  },
  without: {
    error: 'The view `text` shows it.',
    long: 'The view `text` shows it.',
    many: 'The view `text` shows it.'
  }
});

export const TEXT: readonly IView[] = [FORM, WIDGET];
