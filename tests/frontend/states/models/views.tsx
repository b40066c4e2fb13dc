import React from 'react';
import type { Deployment } from '../../../../src/api';
import { ApiError } from '../../../../src/api';
import type { Prediction } from '../../../../src/api/serving';
import { PredictForm } from '../../../../src/components/predict/form';
import type { IPicture } from '../../../../src/components/predict/answer';
import { ModelsBody } from '../../../../src/panels/models/body';
import { aDeployment, aModel, FakeModels } from '../../support';
import type { IScene, IView } from '../scene';
import { LONG, times, view } from '../scene';
import { commands, quiet, refused, REFUSAL, waiting } from '../workbench';

function modelsOf(change: Partial<FakeModels>): FakeModels {
  return Object.assign(new FakeModels(), change);
}

function list(models: FakeModels): IScene['element'] {
  return () => (
    <div className="crispdm-Section" style={{ height: '100%' }}>
      <div className="crispdm-View">
        <ModelsBody models={models} commands={commands} />
      </div>
    </div>
  );
}

function aliased(name: string, ...aliases: string[]): ReturnType<typeof aModel> {
  const model = aModel(name, 4);
  return {
    ...model,
    versions: model.versions.map((one, at) => ({ ...one, aliases: at === 1 ? aliases : [] }))
  };
}

const DEPLOYMENTS: Deployment[] = [
  aDeployment({ model: 'digits', version: 3 }),
  aDeployment({ id: 'd2', model: 'digits', version: 2, state: 'starting' }),
  aDeployment({
    id: 'd3',
    model: 'digits',
    version: 1,
    state: 'failed',
    reason: 'torch is missing in “text”'
  })
];

const LIST: IView = view({
  name: 'models-panel',
  files: ['panels/models/body.tsx', 'components/models/list.tsx'],
  width: 300,
  height: 300,
  scenes: {
    empty: {
      element: list(modelsOf({})),
      says: ['No models yet.', 'crispdm.model("model.pt", name="digits")'],
      roles: { list: 0 }
    },
    loading: {
      element: list(waiting(modelsOf({}))),
      says: ['Loading…'],
      hides: ['No models yet.']
    },
    error: { element: list(refused(modelsOf({}))), says: [REFUSAL], roles: { alert: 1 } },
    usual: {
      element: list(modelsOf({ list: [aliased('digits', 'champion')], deployments: DEPLOYMENTS })),
      says: [
        'digits, version 4',
        '@champion',
        'deployed · segmentation · torch',
        'deploying…',
        'deployment failed: torch is missing in “text”',
        'Withdraw digits, version 3',
        'Deploy digits, version 1'
      ],
      roles: { listitem: 4 }
    },
    long: {
      element: list(
        modelsOf({
          list: [aliased(LONG, 'champion', 'the-one-that-the-clinic-uses-since-march')],
          deployments: [aDeployment({ model: LONG, version: 4, state: 'failed', reason: LONG })]
        })
      ),
      says: [LONG]
    },
    many: {
      element: list(modelsOf({ list: [aModel('digits', 1000)] })),
      says: ['digits, version 1000', 'digits, version 1,'.slice(0, 17)],
      roles: { listitem: 1000 }
    }
  }
});

const GREY =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGOoq6sDAAKsAVWsA3sbAAAAAElFTkSuQmCC';

function picture(name: string): IPicture {
  return { name, url: `data:image/png;base64,${GREY}` };
}

const EXAMPLES = times(4, at => picture(`page-${at}.png`));
const READY = [aDeployment({ model: 'digits', version: 3 })];
const FOUND = (count: number, name = (at: number) => `digit ${at % 10}`): Prediction => [
  {
    results: {
      class_name: times(count, name),
      scores: times(count, at => 0.99 - (at % 40) / 50),
      'rois [y_min, x_min, y_max, x_max]': times(count, at => [at, at + 2, at + 30, at + 20])
    }
  },
  GREY
];
const UNREADABLE = {
  message: 'It is no picture.',
  reason: 'Unprocessable',
  code: 'unprocessable',
  status: 422,
  details: {}
};

function predict(
  ask: () => Promise<Prediction[]> = () => Promise.resolve([FOUND(3)]),
  deployments: readonly Deployment[] | null = READY,
  examples = EXAMPLES
): IScene['element'] {
  return () => <PredictForm title="" examples={examples} deployments={deployments} ask={ask} />;
}

const askFirst = (root: HTMLElement): void =>
  root.querySelector<HTMLElement>('.crispdm-Predict-example')!.click();

const PREDICT: IView = view({
  name: 'predict',
  files: ['components/predict/form.tsx', 'components/predict/answer.tsx'],
  width: 760,
  height: 440,
  scenes: {
    empty: {
      element: predict(undefined, [], []),
      says: ['Ask the model', 'No model is deployed yet. As soon as one is, you can ask it here.'],
      roles: { group: 0 }
    },
    loading: { element: predict(undefined, null), says: ['Looking for a deployed model…'] },
    asking: {
      element: predict(() => new Promise(quiet)),
      act: askFirst,
      says: ['Asking the model…']
    },
    error: {
      element: predict(() =>
        Promise.reject(
          new ApiError(503, {
            message: 'The model worker is being started again. Try again in a few seconds.'
          })
        )
      ),
      act: askFirst,
      says: ['The model worker is being started again.'],
      roles: { alert: 1 }
    },
    usual: {
      element: predict(),
      act: askFirst,
      says: [
        'digits, version 3, answers.',
        'digit 2',
        '0.95',
        'page-0.png',
        'Box (top, left, bottom, right)'
      ],
      roles: { row: 4 }
    },
    long: {
      element: predict(
        () => Promise.resolve([FOUND(3, () => LONG)]),
        [aDeployment({ model: 'x'.repeat(90) })],
        [picture(`${LONG}.png`)]
      ),
      act: askFirst,
      says: [LONG, 'x'.repeat(90)]
    },
    many: {
      element: predict(() => Promise.resolve([FOUND(1000)])),
      act: askFirst,
      says: ['digit 9'],
      roles: { row: 1001 }
    },
    nothing: {
      element: predict(() => Promise.resolve([FOUND(0)])),
      act: askFirst,
      says: ['Nothing was found.'],
      roles: { table: 0 }
    },
    refused: {
      element: predict(() => Promise.resolve([[{ error: UNREADABLE }, null]])),
      act: askFirst,
      says: ['page-0.png: It is no picture.']
    },
    failed: {
      element: predict(undefined, [
        aDeployment({ model: 'digits', state: 'failed', reason: 'torch is missing in “text”' })
      ]),
      says: ['digits, version 1, cannot answer: torch is missing in “text”']
    }
  }
});

export const MODELS = [LIST, PREDICT];
export { EXAMPLES, READY };
