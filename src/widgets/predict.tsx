import React from 'react';
import { predict } from '../api/serving';
import type { IPicture } from '../components/predictform';
import { PredictForm } from '../components/predictform';
import { ReactView } from './react';

/** Asks the deployed model about pictures. */
export class PredictFormView extends ReactView {
  protected body(): React.ReactElement {
    return (
      <PredictForm
        title={this.value('title')}
        examples={this.value<IPicture[]>('_examples')}
        ask={images => predict(images)}
      />
    );
  }
}
