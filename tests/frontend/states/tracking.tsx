import React from 'react';
import { Curves } from '../../../src/components/curves/curves';
import { PLAIN_VIEW } from '../../../src/components/curves/view';
import type { ICurvesView } from '../../../src/components/curves/view';
import type { ILogViewProps } from '../../../src/components/logs/view';
import { LogView } from '../../../src/components/logs/view';
import { ChartBody } from '../../../src/panels/chart/body';
import { ChartModel } from '../../../src/panels/chart/model';
import { CompareBody } from '../../../src/panels/compare/body';
import type { ICompareView } from '../../../src/panels/compare/model';
import { CompareModel } from '../../../src/panels/compare/model';
import type { Job } from '../../../src/api';
import { aJob, FakeJobs, FakeLog } from '../support';
import type { IScene, IView } from './scene';
import { LONG, NOW, times, view } from './scene';
import {
  commands,
  curve,
  FakeMetrics,
  jobsOf,
  morning,
  quiet,
  refused,
  REFUSAL,
  someLines,
  training,
  type,
  waiting,
  workbenchOf
} from './workbench';

function log(
  lines: string[],
  change: Partial<FakeLog> = {},
  props: Partial<ILogViewProps> = {}
): IScene['element'] {
  return () => (
    <LogView log={Object.assign(new FakeLog(lines), change)} downloadUrl="/log" {...props} />
  );
}

/** What is printed again and again, and an error that names a file. */
const TROUBLE = [
  ...new Array<string>(4).fill('train.py:12: UserWarning: the last layer is not used'),
  'Traceback (most recent call last):',
  '  File "/project/train.py", line 12, in main',
  'ValueError: the loss is nan'
];

const SHOWN: Partial<ILogViewProps> = {
  look: { times: true },
  files: { find: path => path.replace('/project/', ''), open: quiet }
};

const LOG: IView = view({
  name: 'log',
  files: [
    'components/logs/view.tsx',
    'components/logs/line.tsx',
    'components/logs/toolbar.tsx',
    'components/logs/body.tsx',
    'components/logs/errors.tsx',
    'components/logs/map.tsx',
    'components/basics/trouble.tsx'
  ],
  width: 760,
  height: 300,
  scenes: {
    empty: { element: log([]), says: ['No output yet.', '0 lines', 'Download'], roles: { log: 0 } },
    loading: {
      element: log([], { isReady: false }),
      says: ['Loading…'],
      hides: ['No output yet.']
    },
    error: {
      element: () => <LogView log={refused(new FakeLog())} />,
      says: [REFUSAL],
      roles: { alert: 1, log: 0 }
    },
    usual: {
      element: log([...someLines(), ...TROUBLE], { printed: Date.parse(NOW) / 1000 }, SHOWN),
      says: [
        '35 lines',
        'Pause',
        'Warning: the learning rate was halved',
        'saved model.pt',
        '×4',
        'Printed 4 times. Show all',
        'Open train.py at line 12'
      ],
      roles: { log: 1 }
    },
    long: {
      element: log([`${LONG} `.repeat(6), 'x'.repeat(500), 'short']),
      says: [LONG, 'x'.repeat(500), 'short']
    },
    many: {
      element: log(
        times(1000, at => `line ${at}`),
        { held: 500 }
      ),
      says: ['8.7 KiB', 'line 501'],
      roles: { slider: 1 },
      hides: ['line 600']
    },
    search: {
      element: log(someLines(), { held: 3 }),
      act: root => type(root, 'Search the log', 'epoch 2'),
      says: ['1 of 5', 'Next match', 'Place in the log']
    },
    notfound: {
      element: log(someLines()),
      act: root => type(root, 'Search the log', 'nowhere'),
      says: ['Not found']
    },
    ended: {
      element: log([], { isEnded: true }),
      says: ['Nothing was printed.'],
      hides: ['Pause', 'Follow']
    },
    trouble: {
      element: log(someLines(), {
        trouble: 'The log cannot be read: Input/output error'
      }),
      says: ['The log cannot be read: Input/output error']
    }
  }
});

function curves(metrics: FakeMetrics, change: Partial<ICurvesView> = {}): IScene['element'] {
  return () => (
    <Curves
      metrics={metrics}
      view={{ ...PLAIN_VIEW, ...change }}
      onView={quiet}
      onOpen={quiet}
      onDrag={quiet}
    />
  );
}

function named(count: number, nameOf: (at: number) => string): FakeMetrics {
  return new FakeMetrics(
    new Map(times(count, at => [nameOf(at), curve(60, 1 + at / 10, 0.1 + at / 40)]))
  );
}

const CURVES: IView = view({
  name: 'curves',
  files: [
    'components/curves/curves.tsx',
    'components/curves/chart.tsx',
    'components/curves/toolbar.tsx',
    'components/curves/tools.tsx',
    'panels/chart/body.tsx'
  ],
  width: 900,
  height: 340,
  scenes: {
    empty: {
      element: curves(new FakeMetrics()),
      says: ['No curves yet.', 'crispdm.log(loss=loss, step=step)'],
      roles: { figure: 0 }
    },
    loading: {
      element: curves(waiting(new FakeMetrics())),
      says: ['Loading…'],
      roles: { figure: 0 }
    },
    error: {
      element: curves(refused(new FakeMetrics())),
      says: [REFUSAL],
      roles: { alert: 1, figure: 0 }
    },
    usual: {
      element: curves(training()),
      says: ['loss', 'accuracy', 'Smoothing', 'Refresh', 'live'],
      roles: { figure: 2 }
    },
    long: {
      element: curves(named(4, at => `${LONG}/part ${at}`)),
      says: [LONG],
      roles: { figure: 1 }
    },
    many: {
      element: curves(named(50, at => `iou/${at}`)),
      says: ['iou', 'iou (5)'],
      roles: { figure: 5 }
    },
    logarithmic: {
      element: curves(training(), { logScale: true }),
      says: ['loss'],
      roles: { figure: 2 }
    },
    smoothed: {
      element: curves(training(), { smoothing: 0.8, pinned: ['accuracy'] }),
      says: ['accuracy', 'loss'],
      roles: { figure: 2 }
    },
    closer: {
      element: curves(training(), { range: { begin: 20, end: 40, isLive: false } }),
      says: ['Earlier', 'Later', 'Newest', 'All', 'Look from further away'],
      roles: { figure: 2 }
    },
    small: {
      element: curves(
        named(50, at => `layer ${at}/gradient`),
        { layout: 'small' }
      ),
      says: ['layer 7/gradient', 'Small charts', 'Filter curves'],
      roles: { figure: 50 }
    },
    filtered: {
      element: curves(training(), { filter: 'nothing like this' }),
      says: ['No curve has “nothing like this” in its name.'],
      roles: { figure: 0 }
    },
    over: {
      element: curves(training(), { axis: 'elapsed' }),
      says: ['elapsed time'],
      roles: { figure: 2 }
    },
    alone: {
      element: () => {
        const group = { name: 'loss', series: ['train/loss', 'val/loss'] };
        const workbench = workbenchOf({ metrics: () => training() });
        return <ChartBody model={new ChartModel(workbench, 'j1', group)} />;
      },
      says: ['loss'],
      roles: { figure: 1 }
    },
    ended: {
      element: curves(
        Object.assign(new FakeMetrics(), {
          isEnded: true,
          trouble: 'metrics.bin cannot be read: Permission denied'
        })
      ),
      says: ['This job logged no curves.', 'metrics.bin cannot be read: Permission denied'],
      hides: ['Refresh']
    }
  }
});

function compare(
  jobs: Job[],
  change: {
    metrics?: (id: string) => FakeMetrics;
    also?: string[];
    view?: Partial<ICompareView>;
    metric?: string;
  } = {}
): IScene['element'] {
  return () => {
    const workbench = workbenchOf({
      jobs: jobsOf(...jobs),
      metrics: change.metrics ?? (() => training())
    });
    const ids = [...jobs.map(job => job.id), ...(change.also ?? [])];
    const model = new CompareModel(workbench, { ids, metric: change.metric }, change.view);
    return <CompareBody model={model} commands={commands} />;
  };
}

function label(root: HTMLElement, text: string): HTMLElement {
  return [...root.querySelectorAll('label')].find(one => one.textContent === text)!;
}

function unfindable(): FakeJobs {
  const jobs = new FakeJobs();
  jobs.find = () => Promise.reject(new Error('There is no job “b1”.'));
  return jobs;
}

const [RUNNING, , , , , FAILED, GOOD] = morning();
const slower = (id: string): FakeMetrics =>
  new FakeMetrics(
    new Map([
      ['val/loss', curve(60, 1.5, { run: 0.08, bad: 0.4, good: 0.19 }[id] ?? 0.3)],
      ['accuracy', curve(60, 0.2, { run: 0.94, bad: 0.5, good: 0.88 }[id] ?? 0.7)]
    ])
  );

const COMPARE: IView = view({
  name: 'compare',
  files: [
    'panels/compare/body.tsx',
    'components/compare/table.tsx',
    'components/compare/overlays.tsx'
  ],
  width: 1000,
  height: 700,
  scenes: {
    empty: {
      element: compare([GOOD, { ...GOOD, id: 'twin' }], { metrics: () => new FakeMetrics() }),
      act: root => label(root, 'Only differences').click(),
      says: ['These jobs do not differ.'],
      roles: { table: 0 }
    },
    loading: {
      element: () => {
        const jobs = new FakeJobs();
        jobs.find = () => new Promise(quiet);
        return (
          <CompareBody
            model={new CompareModel(workbenchOf({ jobs }), { ids: ['a', 'b'] })}
            commands={commands}
          />
        );
      },
      says: ['Loading…'],
      roles: { table: 0 }
    },
    error: {
      element: () => (
        <CompareBody
          model={new CompareModel(workbenchOf({ jobs: unfindable() }), { ids: ['b1', 'b2'] })}
          commands={commands}
        />
      ),
      says: ['There is no job “b1”.'],
      roles: { alert: 1, table: 0 }
    },
    alone: {
      element: compare([RUNNING, FAILED, GOOD], { metrics: slower, metric: 'val/loss' }),
      says: ['val/loss'],
      hides: ['Parameters', 'Only differences'],
      roles: { figure: 1, table: 0 }
    },
    usual: {
      element: compare([RUNNING, FAILED, GOOD], { metrics: slower, also: ['was-deleted'] }),
      says: [
        '1 job was deleted.',
        'val/loss: lower is better',
        'accuracy: higher is better',
        'best',
        'Parameters',
        'Run'
      ],
      roles: { columnheader: 3, figure: 2 }
    },
    long: {
      element: compare([
        aJob({ id: 'l1', name: LONG, parameters: { [LONG]: LONG, path: '/x'.repeat(80) } }),
        aJob({ id: 'l2', name: 'y'.repeat(100), parameters: { path: '/z'.repeat(80) } })
      ]),
      says: [LONG, 'y'.repeat(100)],
      roles: { columnheader: 2 }
    },
    many: {
      element: compare(
        times(5, at =>
          aJob({
            id: `m${at}`,
            name: `run ${at}`,
            parameters: Object.fromEntries(times(200, n => [`p${n}`, n * at]))
          })
        )
      ),
      says: ['p199', 'run 4'],
      roles: { columnheader: 5 }
    },
    baseline: {
      element: compare([RUNNING, FAILED, GOOD], {
        metrics: slower,
        view: { baseline: GOOD.id, isDelta: true }
      }),
      says: ['Curves as differences', '−0.1089 (−59.4 %)', '+0.05952'],
      roles: { columnheader: 3, figure: 2 }
    },
    fifty: {
      element: compare(
        times(50, at => aJob({ id: `f${at}`, name: `run ${at}`, parameters: { rate: at } })),
        {
          metrics: id =>
            new FakeMetrics(new Map([['val/loss', curve(60, 1.5, 0.1 + Number(id.slice(1)) / 60)]]))
        }
      ),
      says: ['run 49 is the baseline'],
      roles: { columnheader: 50, figure: 1 }
    }
  }
});

export const TRACKING = [LOG, CURVES, COMPARE];
