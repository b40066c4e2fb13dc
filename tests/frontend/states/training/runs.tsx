import { DisposableDelegate } from '@lumino/disposable';
import React from 'react';
import type { Job, Run, RunView, SavedRunView } from '../../../../src/api';
import { RunsPageBody } from '../../../../src/panels/runs/body';
import { PLAIN_RUNS, RunsPageModel } from '../../../../src/panels/runs/model';
import type { IMetrics } from '../../../../src/tokens/metrics';
import { IMetricsOfJobs, IMetricsOfRuns } from '../../../../src/tokens/metrics';
import { IRuns } from '../../../../src/tokens/runs';
import type { IHandle } from '../../../../src/tokens/workbench';
import { aRun, FakeRuns, figures } from '../../components/runs/fakes';
import { FakeMetrics } from '../../live';
import { aJob, FakeJobs, fakeWorkbench } from '../../support';
import type { IScene, IView } from '../scene';
import { LONG, times, view } from '../scene';
import { commands, press, REFUSAL } from '../workbench';

/** A sweep over learning rates, and a training outside jobs. */
function sweep(): Run[] {
  const runs = times(6, at =>
    aRun({
      id: `run-${at}`,
      name: `unet lr ${10 ** -(at + 1)}`,
      state: at === 0 ? 'running' : at === 4 ? 'failed' : 'succeeded',
      favourite: at === 2,
      metrics: {
        'val/loss': figures(0.9 - at * 0.1, {
          goal: 'low',
          best: [0.8, 0.42, 0.31, 0.36, 0.7, 0.9][at]
        }),
        'val/accuracy': figures(0.5, { goal: 'high', best: [0.6, 0.84, 0.91, 0.88, 0.6, 0.4][at] })
      },
      parameters: { lr: 10 ** -(at + 1), batch: 32 },
      tags: at === 2 ? ['paper', 'best'] : ['sweep'],
      lineage: at === 2 ? { rerun_of: 'run-1' } : {}
    })
  );
  const loose = { kind: 'folder', state: 'ended', folder: 'notes/crispdm-runs/loose' } as const;
  return [...runs, aRun({ id: 'loose', name: 'loose', ...loose })];
}

/** Three seeds of each of three learning rates, and a training that says nothing of it. */
function grouped(): Run[] {
  const runs = times(9, at => {
    const [rate, seed] = [Math.floor(at / 3), at % 3];
    const best = 0.3 + rate * 0.1 + seed * 0.05;
    return aRun({
      id: `lr${rate}-${seed}`,
      name: `unet seed ${seed}`,
      parameters: { lr: 10 ** -(rate + 1), batch: 32 * (seed + 1) },
      metrics: {
        'val/loss': figures(best + 0.1, { goal: 'low', best }),
        'val/accuracy': figures(0.5, { goal: 'high', best: 1 - best })
      }
    });
  });
  return [...runs, aRun({ id: 'none', name: 'baseline', parameters: {} })];
}

function fields(): FakeRuns['known'] {
  const field = { runs: 6, kind: 'number', goal: null, min: 0, max: 1 } as const;
  return {
    metrics: [
      { ...field, name: 'val/loss', goal: 'low' },
      { ...field, name: 'val/accuracy', goal: 'high' }
    ],
    parameters: [
      { ...field, name: 'lr' },
      { ...field, name: 'batch' }
    ],
    system: [{ ...field, name: 'memory_bytes' }],
    tags: ['paper', 'sweep'],
    groups: [],
    owners: ['ana'],
    environments: ['server']
  };
}

const DRAWN: Partial<RunView> = {
  axes: ['params.lr', 'params.optimizer', '-params.depth', 'metrics.val/loss.best', 'duration'],
  x: 'params.lr',
  y: 'metrics.val/loss.best',
  colour: 'metrics.val/loss.best'
};

/** A random search that is always the same: how low the loss gets depends on rate and depth; some diverge. */
function search(count: number): Run[] {
  let seed = 7;
  const random = (): number => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  return times(count, at => {
    const [lr, depth] = [10 ** (-5 + 4 * random()), 1 + Math.floor(8 * random())];
    const best = 0.2 + (Math.log10(lr) + 3) ** 2 / 6 + depth / 40 + random() / 10;
    return aRun({
      id: `s${at}`,
      name: `search ${at}`,
      duration: 200 * depth + 600 * random(),
      metrics: at % 20 === 9 ? {} : { 'val/loss': figures(best + 0.1, { goal: 'low', best }) },
      parameters: { lr, depth, optimizer: ['adam', 'sgd', 'lion', 'adamw'][at % 4] }
    });
  });
}

/** Curves that fall, each job's its own. */
function curvesOf(id: string): IHandle<IMetrics> {
  const model = new FakeMetrics();
  const speed = 1 + (id.charCodeAt(id.length - 1) % 5);
  model.put(
    'val/loss',
    times(60, at => 1 / (1 + speed * at) + Math.sin(at * speed) / 40)
  );
  return Object.assign(new DisposableDelegate(() => undefined), { model });
}

/** Mark a stretch of the first axis, begin a box in the scatter, and point at a run. */
function markAndPoint(root: HTMLElement): void {
  const [lines, points] = root.querySelectorAll<HTMLElement>('[role=listbox]');
  drag(lines, ['pointerdown', 64, 80], ['pointermove', 64, 120], ['pointerup', 64, 120]);
  drag(points, ['pointerdown', 110, 60], ['pointermove', 240, 200]);
  lines.focus();
}

function drag(node: HTMLElement, ...events: [string, number, number][]): void {
  const { left, top } = node.getBoundingClientRect();
  events.forEach(([type, x, y]) => {
    const place = { clientX: left + x, clientY: top + y };
    node.dispatchEvent(new MouseEvent(type, { bubbles: true, ...place }));
  });
}

function page(
  list: Run[],
  change: Partial<FakeRuns> = {},
  shown: Partial<RunView> = {},
  builder: Partial<Job> = { state: 'running' }
): IScene['element'] {
  return () => {
    const runs = Object.assign(new FakeRuns(list), { known: fields(), ...change });
    runs.jobs.list = [aJob({ id: 'b1', ...builder })];
    const { workbench, share } = fakeWorkbench(new FakeJobs());
    share<IRuns>(IRuns, runs);
    share<IMetricsOfJobs>(IMetricsOfJobs, { acquire: curvesOf });
    share<IMetricsOfRuns>(IMetricsOfRuns, { acquire: curvesOf });
    const model = new RunsPageModel(workbench, shown);
    return <RunsPageBody model={model} commands={commands} />;
  };
}

const UNBUILT = { state: 'failed', reason: 'exited with code 1' } as const;

const LONG_RUN = aRun({
  id: 'long',
  name: LONG,
  owner: 'maria-magdalena.von-hohenzollern-sigmaringen',
  tags: ['a-tag-as-long-as-a-sentence-that-somebody-wrote', 'second', 'third'],
  note: LONG,
  parameters: { lr: LONG },
  trouble: `Some of its metrics cannot be read: ${LONG}.`
});

function views(): SavedRunView[] {
  const saved = { view: PLAIN_RUNS, saved: '2026-11-21T12:00:00Z', by: 'ana' };
  return [
    { ...saved, name: 'best of the week' },
    { ...saved, name: 'all that were trained on the pictures of the second camera' }
  ];
}

/** The table of runs. */
export const RUNS: IView = view({
  name: 'runs-page',
  files: [
    'panels/runs/body.tsx',
    'components/runs/grid.tsx',
    'components/runs/row.tsx',
    'components/runs/cells.tsx',
    'components/runs/grouprow.tsx',
    'components/runs/groupby.tsx',
    'components/runs/merge.tsx',
    'components/runs/filter.tsx',
    'components/runs/columns.tsx',
    'components/runs/views.tsx',
    'components/runs/card.tsx',
    'panels/runs/plots.tsx',
    'panels/runs/curves.tsx',
    'components/runs/plots/tools.tsx',
    'components/runs/plots/plots.tsx',
    'components/runs/plots/parallel.tsx',
    'components/runs/plots/headings.tsx',
    'components/runs/plots/scatter.tsx',
    'components/runs/plots/surface.tsx',
    'components/runs/plots/canvas.tsx'
  ],
  width: 1180,
  height: 640,
  scenes: {
    empty: { element: page([]), says: ['No runs yet.', 'Every job is a run'] },
    loading: { element: page([], { isSilent: true }), says: ['Loading…'], hides: ['No runs yet.'] },
    error: {
      element: page([], { failure: new Error(REFUSAL) }),
      says: [REFUSAL],
      hides: ['No runs yet.'],
      roles: { alert: 1 }
    },
    usual: {
      element: page(sweep(), {}, { chosen: ['run-2'] }),
      says: [
        'unet lr 0.001',
        'val/loss (best)',
        '0.31: the best of the runs shown',
        '7 runs',
        'Repeats',
        'Run again',
        'With the code of now',
        'notes/crispdm-runs/loose'
      ],
      roles: { grid: 1, row: 8 }
    },
    groups: {
      element: page(grouped(), {}, { group_by: 'params.lr', chosen: ['lr0-1', 'lr1-0', 'lr1-1'] }),
      act: root =>
        root.querySelector<HTMLElement>('.crispdm-mod-group .crispdm-DataGrid-name')?.click(),
      says: ['lr: 0.1 (3 runs)', 'lr: 0.001 (3 runs)', '0.3 · ø 0.35', 'without “lr” (1 run)'],
      roles: { treegrid: 1, row: 8 }
    },
    merge: {
      element: page(sweep(), {}, { chosen: ['run-1', 'run-2'] }),
      act: root => press(root, 'Merge'),
      says: ['Name of the merged run', 'Merge 2 runs', 'The runs themselves stay.']
    },
    conditions: {
      element: page(sweep()),
      act: root => press(root, 'Add a condition'),
      says: ['Field…', 'val/accuracy (best)', 'memory_bytes (greatest)', 'None chosen']
    },
    plots: {
      element: page(search(1000), { total: 1000 }, { ...DRAWN, chosen: ['s3', 's40', 's77'] }),
      says: ['Add an axis…', '3 chosen', 'Across', 'Colour', 'Parallel coordinates of'],
      roles: { listbox: 2, option: 2 }
    },
    marked: {
      element: page(search(200), {}, DRAWN),
      act: markAndPoint,
      says: ['search', 'Take the axis “lr” away', 'depth, the least at the top'],
      hides: ['None chosen']
    },
    curves: {
      element: page(sweep(), {}, { curves: 'val/loss', chosen: ['run-1', 'run-2', 'loose'] }),
      settles: 1000,
      says: ['Curves of', 'val/accuracy'],
      roles: { figure: 1 }
    },
    uncurved: {
      element: page(sweep(), {}, { curves: 'val/loss' }),
      says: ['Choose runs to see their curves.']
    },
    words: {
      element: page(search(60), {}, { ...DRAWN, axes: [], colour: 'params.optimizer' }),
      says: ['Choose the 15 runs: adam', '3 runs have no place here'],
      roles: { listbox: 1 }
    },
    views: {
      element: page(sweep(), { views_: views() }),
      act: root => press(root, 'Views'),
      says: ['best of the week', 'Save this view'],
      roles: { link: 2 }
    },
    again: {
      element: page(sweep(), {}, { chosen: ['run-2'] }),
      act: root => press(root, 'Run again'),
      says: ['Submitted as train', 'Code: as it was then', 'Parameters: the same']
    },
    environment: {
      element: page(sweep(), {}, { chosen: ['run-2'] }),
      act: root => press(root, 'In the environment of then'),
      says: [
        'Builds the environment of then (study-e1), then runs again.',
        'Open the job that builds it'
      ]
    },
    unbuilt: {
      element: page(sweep(), {}, { chosen: ['run-2'] }, UNBUILT),
      act: root => press(root, 'In the environment of then'),
      says: [
        'The environment study-e1 was not built: exited with code 1',
        'Open the job that failed'
      ]
    },
    long: {
      element: page(
        [LONG_RUN, { ...LONG_RUN, id: 'unbroken', name: 'x'.repeat(100) }],
        {},
        {
          chosen: ['long'],
          columns: ['state', 'owner', 'note', 'params.lr', 'tags']
        }
      ),
      says: [LONG, 'cannot be read']
    },
    many: {
      element: page(
        times(1000, at => aRun({ id: `r${at}`, name: `run ${at}` })),
        { total: 9000, pending: 12 }
      ),
      says: ['9,000 runs', 'figures of 12 runs are being read', 'The first 1,000 of 9,000 runs.'],
      roles: { row: { most: 60 } }
    }
  }
});
