import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useMemo } from 'react';
import type { Deployment } from '../../api';
import { predict } from '../../api/serving';
import { useTrans } from '../../components/basics/context';
import { useFacts } from '../../components/basics/hooks';
import type { IAnswer, IPicture } from '../../components/predict/answer';
import { PredictForm } from '../../components/predict/form';
import type { IAsked } from '../../components/predict/latest';
import { askedOf, KEPT_ANSWERS, LatestAnswers, readAsked } from '../../components/predict/latest';
import { deploymentNamed } from '../../components/models/deployed';
import { TryModel } from '../../components/tryit/form';
import { useMe } from '../../components/shared/useme';
import { useShared } from '../../components/shared/useshared';
import { IModels } from '../../tokens/models';
import { ISnapshots } from '../../tokens/snapshots';
import { IStates } from '../../tokens/state';
import type { IWorkbench } from '../../tokens/workbench';
import { ReactView } from '../basics/react';

/** Asks the deployed model about pictures. */
export class PredictFormView extends ReactView {
  protected body(workbench: IWorkbench): React.ReactElement {
    const shared = this.value<string>('shared');
    const model = this.value<string>('model');
    const given = {
      models: workbench.get(IModels),
      title: this.value<string>('title'),
      examples: this.value<readonly IPicture[]>('_examples')
    };
    if (model) {
      return <FormOf {...given} name={model} />;
    }
    return shared ? (
      <SharedForm {...given} workbench={workbench} shared={shared} />
    ) : (
      <Form {...given} />
    );
  }
}

interface IFormProps {
  models: IModels;
  title: string;
  examples: readonly IPicture[];
  onAnswered?: (answers: readonly IAnswer[]) => void;
  children?: React.ReactNode;
}

function Form(props: IFormProps): React.JSX.Element {
  const { models, ...shown } = props;
  useFacts(models);
  return (
    <PredictForm
      {...shown}
      deployments={models.isServingKnown ? models.deployments : null}
      ask={images => predict(images)}
    />
  );
}

/** A form made of what one model takes, for the version of it that answers now. */
function FormOf(props: IFormProps & { name: string }): React.JSX.Element {
  const { models, name, title, examples } = props;
  const trans = useTrans();
  useFacts(models);
  const found = models.isServingKnown ? deploymentNamed(models.deployments, name) : null;
  const [model, version] = found?.state === 'ready' ? [found.model, found.version] : ['', 0];
  const asking = useMemo(
    () => (model ? models.asking(model, version) : null),
    [models, model, version]
  );
  if (asking) {
    return <TryModel key={asking.url} asking={asking} title={title} examples={examples} />;
  }
  return (
    <p className="crispdm-Predict-served" role="status">
      {found === null ? trans.__('Looking for a deployed model…') : whyNot(trans, name, found)}
    </p>
  );
}

/** Why a model cannot be asked now. */
function whyNot(trans: TranslationBundle, name: string, found?: Deployment): string {
  return found
    ? trans.__('“%1” is %2. %3', name, found.state, found.reason)
    : trans.__('“%1” is not deployed yet. As soon as it is, you can ask it here.', name);
}

/** A form that tells everybody what was asked in it, and shows what others asked. */
function SharedForm(
  props: IFormProps & { workbench: IWorkbench; shared: string }
): React.JSX.Element {
  const { workbench, shared, ...form } = props;
  const latest = useShared<readonly IAsked[]>(workbench.get(IStates), shared);
  const me = useMe(() => workbench.get(ISnapshots).me());
  const tell = (answers: readonly IAnswer[]): void => {
    const asked = askedOf(answers, me, new Date().toISOString());
    if (asked.length > 0) {
      // Whoever asked has the answer; the list comes right with the next one.
      latest?.append(asked, KEPT_ANSWERS).catch(() => undefined);
    }
  };
  return (
    <Form {...form} onAnswered={tell}>
      <LatestAnswers asked={readAsked(latest?.value)} />
    </Form>
  );
}
