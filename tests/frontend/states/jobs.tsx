import React from 'react';
import { RunningJobs } from '../../../src/components/jobs/running';
import { JobsBody } from '../../../src/panels/jobs/body';
import { JobsPanelModel } from '../../../src/panels/jobs/model';
import { JobsPageBody } from '../../../src/panels/jobspage/body';
import { JobsPageModel } from '../../../src/panels/jobspage/model';
import type { FakeJobs } from '../support';
import { aDeployment, aJob, FakeConnection, FakeLatest, FakeModels } from '../support';
import type { IScene, IView } from './scene';
import { LONG, view } from './scene';
import {
  commands,
  jobsOf,
  morning,
  press,
  quiet,
  refused,
  REFUSAL,
  someEnvironments,
  thousand,
  waiting,
  workbenchOf
} from './workbench';
import type { IGiven } from './workbench';

const LONG_JOB = aJob({
  id: 'long',
  name: LONG,
  environment: 'an-environment-with-a-name-that-nobody-can-remember-2026',
  owner: 'maria-magdalena.von-hohenzollern-sigmaringen',
  state: 'failed',
  ended: '2026-11-24T04:00:00Z',
  exit_code: 137,
  reason: `killed: ${LONG}, which needed more memory than there is on the machine`,
  tags: ['a-tag-as-long-as-a-sentence-that-somebody-wrote', 'second', 'third', 'fourth', 'fifth']
});
const LONG_NAMES = [
  LONG_JOB,
  { ...LONG_JOB, id: 'unbroken', name: 'x'.repeat(100) },
  aJob({ id: 'talks', name: LONG, progress: { done: 1, total: 3, message: LONG } })
];

function panel(jobs: FakeJobs, change: Partial<JobsPanelModel> = {}): IScene['element'] {
  return () => {
    const model = Object.assign(new JobsPanelModel(jobs, someEnvironments()), change);
    return (
      <div className="crispdm-Section crispdm-mod-jobs" style={{ height: '100%' }}>
        <div className="crispdm-View">
          <JobsBody model={model} commands={commands} />
        </div>
      </div>
    );
  };
}

const PANEL: IView = view({
  name: 'jobs-panel',
  files: ['panels/jobs/body.tsx', 'components/jobs/table.tsx', 'components/jobs/row.tsx'],
  width: 300,
  height: 460,
  scenes: {
    empty: {
      element: panel(jobsOf()),
      says: ['No jobs yet.', 'Run a file as a job', 'Run as Job…']
    },
    loading: { element: panel(waiting(jobsOf())), says: ['Loading…'], hides: ['No jobs yet.'] },
    error: {
      element: panel(refused(jobsOf())),
      says: [REFUSAL],
      hides: ['No jobs yet.'],
      roles: { alert: 1 }
    },
    usual: {
      element: panel(jobsOf(...morning()), { selected: 'bad' }),
      says: [
        'U-Net on handwriting, Running',
        'vision · epoch 35, loss 0.0831',
        '42 %',
        'server · Waits for input',
        'waits for “U-Net on handwriting”',
        'CUDA out of memory'
      ],
      hides: ['Stop old attempt'],
      roles: { listitem: 9 }
    },
    long: {
      element: panel(jobsOf(...LONG_NAMES)),
      says: [LONG, 'x'.repeat(100), '33 %'],
      roles: { listitem: 3 }
    },
    many: {
      element: panel(Object.assign(jobsOf(...thousand()), { hasOlder: true })),
      says: ['run 0', 'The newest 1,000 jobs are listed.', 'Load older'],
      hides: ['run 900'],
      roles: { listitem: { most: 40 } }
    },
    nomatch: {
      element: panel(jobsOf(...morning()), { filter: 'nothing has this name' }),
      says: ['No job matches.', 'Show all'],
      hides: ['U-Net on handwriting']
    },
    older: {
      element: panel(Object.assign(jobsOf(...morning()), { hasOlder: true, isLoadingOlder: true })),
      says: ['The newest 9 jobs are listed.', 'Loading…']
    }
  }
});

function jobsPage(
  jobs: FakeJobs,
  change: (model: JobsPageModel) => void = quiet,
  given: IGiven = {}
): IScene['element'] {
  return () => {
    const model = new JobsPageModel(workbenchOf({ jobs, ...given }));
    change(model);
    return <JobsPageBody model={model} commands={commands} />;
  };
}

function mark(...ids: string[]): (model: JobsPageModel) => void {
  return model => {
    model.selection = { marked: new Set(ids), active: ids[0], anchor: ids[0] };
  };
}

const WITH_METRICS = (model: JobsPageModel): void =>
  model.setView({
    columns: { shown: { 'metric:val/loss': true, 'parameter:lr': true, tags: false }, widths: {} },
    sort: { key: 'metric:val/loss', descending: false }
  });

function latest(): FakeLatest {
  const known = new Map([
    ['run', new Map([['val/loss', 0.0831]])],
    ['good', new Map([['val/loss', 0.19]])],
    ['bad', new Map([['val/loss', NaN]])]
  ]);
  return Object.assign(new FakeLatest(), { known });
}

/** A model that is asked a lot, and one that failed. */
function deployed(): FakeModels {
  const busy = { rate: 12.5, p50: 1.25, p99: 9.5, queue: 3, cpu_percent: 87.5, requests: 900 };
  const digits = { model: 'digits', version: 3, alias: 'champion', coming: 4 };
  return Object.assign(new FakeModels(), {
    deployments: [
      aDeployment({ ...digits, ...busy, memory_bytes: 260 * 2 ** 20 }),
      aDeployment({ id: 'd2', model: LONG, state: 'failed', reason: LONG })
    ]
  });
}

const PAGE: IView = view({
  name: 'jobs-page',
  files: [
    'panels/jobspage/body.tsx',
    'components/models/deployments.tsx',
    'components/jobgrid/grid.tsx',
    'components/datagrid/grid.tsx',
    'components/datagrid/head.tsx',
    'components/datagrid/row.tsx',
    'components/jobgrid/row.tsx',
    'components/jobgrid/columns.tsx',
    'components/jobgrid/bulkbar.tsx',
    'components/jobgrid/statechips.tsx',
    'components/jobgrid/columnmenu.tsx'
  ],
  width: 1200,
  height: 460,
  scenes: {
    empty: { element: jobsPage(jobsOf()), says: ['No jobs yet.'], roles: { grid: 0 } },
    loading: { element: jobsPage(waiting(jobsOf())), says: ['Loading…'], roles: { grid: 0 } },
    error: {
      element: jobsPage(refused(jobsOf()), quiet, { connection: lost() }),
      says: [REFUSAL, 'No connection to the server.', 'Resume'],
      roles: { alert: 2, grid: 0 }
    },
    usual: {
      element: jobsPage(jobsOf(...morning()), mark('run', 'bad')),
      says: [
        '9 jobs',
        '2 jobs marked',
        'Stop 1 job',
        'Delete 1 job',
        'Compare jobs',
        '387',
        '3.2 GiB',
        'bo, by nightly'
      ],
      roles: { row: 10, columnheader: 12 }
    },
    long: {
      element: jobsPage(jobsOf(...LONG_NAMES)),
      says: [LONG, 'maria-magdalena.von-hohenzollern-sigmaringen'],
      roles: { row: 4 }
    },
    many: {
      element: jobsPage(Object.assign(jobsOf(...thousand()), { hasOlder: true })),
      says: ['1,000 jobs', 'Load older'],
      hides: ['run 900'],
      roles: { row: { most: 60 } }
    },
    deployed: {
      element: jobsPage(jobsOf(...morning()), quiet, { models: deployed() }),
      says: ['2 deployed models', 'digits@champion, version 3 → 4', '12.5', '1.25 ms', 'Log'],
      roles: { table: 1 }
    },
    nomatch: {
      element: jobsPage(jobsOf(...morning()), model =>
        model.setView({ text: 'tag:none', states: ['lost'] })
      ),
      says: ['No job matches.', 'Show all', '0 of 9 jobs'],
      roles: { grid: 0 }
    },
    metrics: {
      element: jobsPage(jobsOf(...morning()), WITH_METRICS, { latest: latest() }),
      says: ['val/loss', '0.0831', '0.19', 'NaN', 'lr', '0.001']
    },
    columns: {
      element: jobsPage(jobsOf(...morning()), WITH_METRICS, { latest: latest() }),
      act: root => press(root, 'Choose columns'),
      says: ['Newest value of', 'Reset columns', 'batch'],
      roles: { group: 5 }
    }
  }
});

function lost(): FakeConnection {
  return Object.assign(new FakeConnection(), { state: 'lost' });
}

function status(jobs: FakeJobs, state: 'open' | 'lost' = 'open'): IScene['element'] {
  const connection = Object.assign(new FakeConnection(), { state });
  return () => (
    <div
      className="crispdm-mod-status"
      style={{ background: 'var(--jp-layout-color2)', height: '100%' }}
    >
      <RunningJobs jobs={jobs} connection={connection} onOpen={quiet} />
    </div>
  );
}

const STATUS: IView = view({
  name: 'status-bar',
  files: ['components/jobs/running.tsx'],
  width: 140,
  height: 24,
  scenes: {
    empty: { element: status(jobsOf()), says: ['0 jobs'], roles: { button: 1 } },
    error: {
      element: status(jobsOf(...morning()), 'lost'),
      says: ['Offline', 'No connection to the server']
    },
    usual: { element: status(jobsOf(...morning())), says: ['5 jobs', 'Running jobs'] },
    many: { element: status(jobsOf(...thousand())), says: ['556 jobs'] }
  },
  without: { loading: 'It counts what has come.', long: 'It shows a number.' }
});

export const JOBS = [PANEL, PAGE, STATUS];
export { LONG_JOB, LONG_NAMES };
