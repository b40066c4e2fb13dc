import { nullTranslator } from '@jupyterlab/translation';
import React from 'react';
import type { Environment } from '../../../src/api';
import { NEW_ALERT } from '../../../src/components/alerts/values';
import type { IRunValues } from '../../../src/components/run/values';
import { emptyForm } from '../../../src/components/run/values';
import { StopDialog } from '../../../src/panels/jobs/stopdialog';
import { RunDialog } from '../../../src/panels/run';
import { RunModel } from '../../../src/panels/run/model';
import { anEnvironment, FakeEnvironments, trans } from '../support';
import type { IScene, IView } from './scene';
import { LONG, times, view } from './scene';
import { jobsOf, Lumino, morning, press, someEnvironments, thousand, waiting } from './workbench';
import { ApiError } from '../../../src/api';

function run(
  change: Partial<IRunValues> = {},
  path = 'study/train.py',
  given: {
    environments?: FakeEnvironments;
    jobs?: ReturnType<typeof jobsOf>;
    isAgain?: boolean;
  } = {}
): IScene['element'] {
  const { environments = someEnvironments(), jobs = jobsOf(...morning()), isAgain = false } = given;
  return () => {
    const original = isAgain ? { id: 'good', name: LONG, submission: { script: path } } : undefined;
    const model = new RunModel({ jobs, environments, trans, values: emptyForm(path), original });
    model.change(change);
    return <Lumino make={() => new RunDialog(model, nullTranslator)} />;
  };
}

const ALL: Partial<IRunValues> = {
  environment: 'vision',
  args: '--epochs 80 --data "all pages"',
  parameters: [
    { name: 'lr', kind: 'number', value: '0.001' },
    { name: 'augment', kind: 'boolean', value: 'true' },
    { name: 'layers', kind: 'json', value: '[64, 128]', standard: '[64]' }
  ],
  cwd: 'study',
  cpus: '4',
  gpus: '1',
  memory: { amount: '16', unit: 'GiB' },
  retries: '2',
  retry_delay: '30s',
  timeout: '8h',
  tags: 'handwriting, u-net',
  after: ['run'],
  notify: 'failure',
  alerts: [
    { ...NEW_ALERT, metric: 'val/loss', then: 'stop' },
    { ...NEW_ALERT, when: 'nan', then: 'stop' }
  ]
};

const submit = (root: HTMLElement): void => press(root, 'Run job');

function refusing(): ReturnType<typeof jobsOf> {
  const jobs = jobsOf(...morning());
  jobs.failure = new ApiError(409, { message: 'The queue is full: 1,000 jobs wait already.' });
  return jobs;
}

function manyEnvironments(): FakeEnvironments {
  const list: Environment[] = times(1000, at =>
    anEnvironment({ id: `e${at}`, name: `project ${at}`, kind: 'venv' })
  );
  return Object.assign(new FakeEnvironments(), { list: [anEnvironment(), ...list] });
}

const RUN: IView = view({
  name: 'run-dialog',
  files: [
    'panels/run/index.ts',
    'components/run/form.tsx',
    'components/run/parameterfields.tsx',
    'components/run/afterfield.tsx',
    'components/environments/picker.tsx',
    'components/basics/field.tsx'
  ],
  width: 720,
  height: 860,
  scenes: {
    empty: {
      element: run({}, 'notebook.ipynb', { jobs: jobsOf() }),
      says: ['Run “notebook.ipynb” as a job', 'Add parameter', 'Working directory'],
      hides: ['Arguments']
    },
    loading: {
      element: run({}, 'train.py', {
        environments: Object.assign(waiting(new FakeEnvironments()), { list: [] })
      }),
      says: ['Run “train.py” as a job', 'server']
    },
    error: {
      element: run({}, 'train.py', { jobs: refusing() }),
      act: submit,
      says: ['The queue is full: 1,000 jobs wait already.'],
      roles: { alert: 1 }
    },
    usual: {
      element: run(ALL),
      says: [
        'vision (venv, Python 3.11.7)',
        'U-Net on handwriting',
        'From the cell tagged “parameters”',
        'is no better for',
        'is not a number',
        'when it fails'
      ]
    },
    long: {
      element: run(
        {
          ...ALL,
          name: LONG,
          cwd: 'deep/'.repeat(40),
          after: times(3, at => `${'j'.repeat(60)}${at}`),
          parameters: [{ name: LONG, kind: 'text', value: LONG }]
        },
        `${'x'.repeat(90)}.py`,
        { isAgain: true }
      ),
      says: [`Run “${LONG}” again`, 'j'.repeat(60)]
    },
    many: {
      element: run({}, 'train.py', {
        environments: manyEnvironments(),
        jobs: jobsOf(...thousand())
      }),
      says: ['project 999']
    },
    wrong: {
      element: run({
        ...ALL,
        args: '"open',
        retries: 'often',
        timeout: 'soon',
        memory: { amount: 'much', unit: 'GiB' },
        parameters: [{ name: '', kind: 'auto', value: '1' }]
      }),
      act: submit,
      says: [
        'A quote is not closed.',
        'A whole number, at least 0.',
        'A duration such as 45s, 30m or 1h30m, or nothing.',
        'A number, or nothing.',
        'The value “1” has no name.'
      ]
    }
  }
});

function stop(...names: string[]): IScene['element'] {
  return () => <Lumino make={() => new StopDialog(names, nullTranslator)} />;
}

const STOP: IView = view({
  name: 'stop-dialog',
  files: ['panels/jobs/stopdialog.ts'],
  width: 600,
  height: 320,
  scenes: {
    usual: {
      element: stop('U-Net on handwriting'),
      says: [
        'Stop this job and keep the best?',
        '“U-Net on handwriting” gets an interrupt (SIGINT) now',
        '10m',
        'Cancel',
        'Stop job'
      ]
    },
    error: {
      element: stop('U-Net'),
      act: root => {
        const field = root.querySelector<HTMLInputElement>('input')!;
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!.call(
          field,
          'soon'
        );
        field.dispatchEvent(new Event('input', { bubbles: true }));
        press(root, 'Stop job');
      },
      says: ['A duration such as 45s, 30m or 1h30m.']
    },
    long: { element: stop(`${LONG} ${LONG} ${'x'.repeat(100)}`), says: [LONG] },
    many: {
      element: stop(...times(1000, at => `run ${at}`)),
      says: ['Stop 1000 jobs and keep the best?', 'Each of the 1000 jobs']
    }
  },
  without: { empty: 'It is about at least one job.', loading: 'It waits for nothing.' }
});

export const RUN_VIEWS = [RUN, STOP];
