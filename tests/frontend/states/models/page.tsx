import React from 'react';
import type { AliasHistory, ModelVersion } from '../../../../src/api';
import { ApiError } from '../../../../src/api';
import { ModelPageModel } from '../../../../src/panels/models/model';
import { ModelPageBody } from '../../../../src/panels/models/pagebody';
import { IModels } from '../../../../src/tokens/models';
import { aDeployment, aModel, FakeJobs, FakeModels, fakeWorkbench } from '../../support';
import type { IScene, IView } from '../scene';
import { LONG, view } from '../scene';
import { commands, REFUSAL, refused, waiting } from '../workbench';

const LINEAGE = aModel().versions[0].lineage;

/** Versions of one model, the newest first, each with a change of its own. */
function versionsOf(name: string, ...changes: Partial<ModelVersion>[]): ModelVersion[] {
  const { versions } = aModel(name, changes.length);
  return versions.map((version, at) => ({ ...version, ...changes[at] }));
}

const DIGITS = versionsOf(
  'digits',
  {
    format: 'skops',
    task: 'tabular',
    types: ['catboost.core.CatBoost'],
    metrics: { accuracy: 0.9712, loss: 0.0832 },
    lineage: { ...LINEAGE, parameters: { lr: 0.001, depth: 6 }, data: 'data/digits-2026.csv' },
    note: 'More pages from March.'
  },
  {
    aliases: ['champion'],
    size: 4_200_000,
    metrics: { accuracy: 0.9684, loss: 0.0911 },
    lineage: { ...LINEAGE, parameters: { lr: 0.01, depth: 6 }, data: 'data/digits-2025.csv' },
    signature: {
      inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 20] }],
      outputs: [{ name: 'scores', datatype: 'FP32', shape: [-1, 3] }]
    }
  },
  { metrics: { accuracy: 0.9412 }, owner: 'grace' }
);

const HISTORY: AliasHistory = {
  name: 'digits',
  back: { champion: 1 },
  history: [
    span({ version: 2, since: '2026-11-20T09:00:00Z', how: 'set' }),
    span({
      version: 1,
      by: 'grace',
      since: '2026-11-01T09:00:00Z',
      until: '2026-11-20T09:00:00Z',
      ended_by: 'ada',
      ending: 'moved'
    }),
    span({
      version: 3,
      how: 'known',
      until: '2026-11-01T09:00:00Z',
      ended_by: 'grace',
      ending: 'rollback'
    })
  ]
};

type Span = AliasHistory['history'][0];

function span(change: Partial<Span>): Span {
  const open = { until: null, ended_by: null, ending: null };
  const begun = { alias: 'champion', version: 1, since: '2026-10-01T09:00:00Z', by: 'ada' };
  return { ...begun, how: 'set', ...open, ...change };
}

function modelsOf(versions: ModelVersion[], change: Partial<FakeModels> = {}): FakeModels {
  const { name, version } = versions[0] ?? { name: 'digits', version: 0 };
  const list = versions.length > 0 ? [{ name, latest: version, aliases: {}, versions }] : [];
  return Object.assign(new FakeModels(), { list, told: HISTORY, ...change });
}

function page(
  models: FakeModels,
  chosen: readonly number[] = [],
  tab: 'versions' | 'history' = 'versions'
): IScene['element'] {
  const { workbench, share } = fakeWorkbench(new FakeJobs());
  share(IModels, models);
  const name = models.list[0]?.name ?? 'digits';
  const model = new ModelPageModel(workbench, name, { chosen, tab });
  return () => <ModelPageBody model={model} commands={commands} />;
}

const FILES = [
  'panels/models/pagebody.tsx',
  'components/models/versions.tsx',
  'components/models/versioncommands.tsx',
  'components/models/sidebyside.tsx'
];

const VERSIONS: IView = view({
  name: 'model-page',
  files: FILES,
  width: 900,
  height: 640,
  scenes: {
    empty: {
      element: page(modelsOf([])),
      says: ['There is no model “digits”.', 'Its last version was deleted.'],
      roles: { table: 0 }
    },
    loading: { element: page(waiting(modelsOf([]))), says: ['Loading…'] },
    error: { element: page(refused(modelsOf([]))), says: [REFUSAL], roles: { alert: 1 } },
    usual: {
      element: page(
        modelsOf(DIGITS, { deployments: [aDeployment({ model: 'digits', version: 2 })] })
      ),
      says: [
        '@champion',
        'deployed',
        'accuracy 0.9712, loss 0.0832',
        'skops, not trusted',
        'Trust…',
        'More pages from March.',
        'catboost.core.CatBoost',
        'Open job'
      ],
      hides: ['Only differences'],
      roles: { table: 2 }
    },
    compared: {
      element: page(modelsOf(DIGITS), [3, 2]),
      says: ['Only differences', 'Version 3', 'Version 2', 'data/digits-2025.csv', '0.01'],
      hides: ['Trust…']
    },
    served: {
      element: page(
        modelsOf(DIGITS, {
          deployments: [
            aDeployment({
              model: 'digits',
              version: 2,
              rate: 41.6,
              p99: 3.21,
              queue: 2,
              errors: 1,
              memory_bytes: 181_000_000
            })
          ]
        }),
        [2]
      ),
      says: [
        'Withdraw',
        '41.6 requests a second, 99% within 3.21 ms, 2 waiting, 1 error, 173 MiB',
        'Remove @champion',
        'features FP32 [-1,20]',
        'Download',
        'Delete…'
      ]
    },
    long: {
      element: page(
        modelsOf(
          versionsOf('x'.repeat(100), {
            note: LONG,
            owner: LONG,
            aliases: ['the-one-that-the-clinic-uses-since-march'],
            task: LONG,
            sha256: 'f'.repeat(64)
          })
        )
      ),
      says: [LONG, 'x'.repeat(100)]
    },
    many: {
      element: page(modelsOf(aModel('digits', 1000).versions)),
      says: ['1000'],
      roles: { row: { most: 60 } }
    }
  }
});

const PAST: IView = view({
  name: 'model-history',
  files: ['components/models/history.tsx'],
  width: 800,
  height: 300,
  scenes: {
    empty: {
      element: page(
        modelsOf(DIGITS, { told: { name: 'digits', history: [], back: {} } }),
        [],
        'history'
      ),
      says: ['No version has borne an alias yet.'],
      roles: { table: 0 }
    },
    loading: {
      element: page(
        modelsOf(DIGITS, { history: () => new Promise<AliasHistory>(() => undefined) }),
        [],
        'history'
      ),
      says: ['Loading…']
    },
    error: {
      element: page(
        modelsOf(DIGITS, { told: new ApiError(403, { message: REFUSAL }) }),
        [],
        'history'
      ),
      says: [REFUSAL],
      roles: { alert: 1 }
    },
    usual: {
      element: page(modelsOf(DIGITS), [], 'history'),
      says: ['Roll back to version 1', 'now', 'moved on by ada', 'rolled back by grace', 'before '],
      roles: { row: 4 }
    },
    long: {
      element: page(
        modelsOf(DIGITS, {
          told: { ...HISTORY, history: [span({ alias: 'a'.repeat(50), by: LONG })] }
        }),
        [],
        'history'
      ),
      says: [LONG, `@${'a'.repeat(50)}`]
    },
    many: {
      element: page(
        modelsOf(DIGITS, {
          told: {
            ...HISTORY,
            history: Array.from({ length: 1000 }, (_, at) =>
              span({ version: at, since: new Date(at * 1e8).toISOString() })
            )
          }
        }),
        [],
        'history'
      ),
      says: ['999'],
      roles: { row: 1001 }
    }
  }
});

export const MODEL_PAGE = [VERSIONS, PAST];
