import React from 'react';
import { predict } from '../../api/serving';
import { useFacts } from '../../components/basics/hooks';
import type { IPicture } from '../../components/predict/answer';
import { PredictForm } from '../../components/predict/form';
import { IModels } from '../../tokens/models';
import type { IWorkbench } from '../../tokens/workbench';
import { ReactView } from '../basics/react';

/** Asks the deployed model about pictures. */
export class PredictFormView extends ReactView {
  protected body(workbench: IWorkbench): React.ReactElement {
    const models = workbench.get(IModels);
    return <Form models={models} title={this.value('title')} examples={this.value('_examples')} />;
  }
}

function Form(props: {
  models: IModels;
  title: string;
  examples: readonly IPicture[];
}): React.JSX.Element {
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
