import React from 'react';
import type { Artifact, Job } from '../../../src/api';
import { InputLine } from '../../../src/components/job/inputline';
import { JobHeader } from '../../../src/components/job/header';
import { JobBody } from '../../../src/panels/job/body';
import type { IJobView } from '../../../src/panels/job/model';
import { JobPageModel } from '../../../src/panels/job/model';
import { aJob, aModel, FakeJobs, FakeLog, FakeModels } from '../support';
import { LONG_JOB } from './jobs';
import type { IScene, IView } from './scene';
import { LONG, NOW, times, view } from './scene';
import {
  commands,
  FakeMetrics,
  jobsOf,
  morning,
  press,
  quiet,
  refused,
  REFUSAL,
  training,
  waiting,
  workbenchOf
} from './workbench';
import type { IGiven } from './workbench';

const [RUNNING, ASKING, STALLED, QUEUED, , FAILED] = morning();

class JobsWithFiles extends FakeJobs {
  files: Artifact[] = [];
  override artifacts(): Promise<never[]> {
    return Promise.resolve(this.files as never[]);
  }
}

function withFiles(job: Job, files: Artifact[]): JobsWithFiles {
  return Object.assign(new JobsWithFiles(), { list: [job], files });
}

function files(count: number, path = (at: number) => `plots/epoch-${at}.png`): Artifact[] {
  return times(count, at => ({ path: path(at), size: 1024 * (at + 1) ** 3, modified: NOW }));
}

function page(
  jobs: FakeJobs,
  id: string,
  viewed: Partial<IJobView> = {},
  given: IGiven = {}
): IScene['element'] {
  return () => {
    const workbench = workbenchOf({ jobs, metrics: () => training(), ...given });
    const model = new JobPageModel(workbench, id, viewed);
    jobs.changed.emit();
    return <JobBody model={model} commands={commands} />;
  };
}

function models(job: string, ...names: string[]): FakeModels {
  const list = names.map(name => {
    const model = aModel(name, 2);
    return { ...model, versions: model.versions.map(version => ({ ...version, job })) };
  });
  return Object.assign(new FakeModels(), { list });
}

const PAGE: IView = view({
  name: 'job-page',
  files: [
    'panels/job/body.tsx',
    'components/job/header.tsx',
    'components/job/details.tsx',
    'components/basics/tabs.tsx'
  ],
  width: 1100,
  height: 600,
  scenes: {
    empty: {
      element: page(
        jobsOf(QUEUED),
        'wait',
        {},
        { metrics: () => new FakeMetrics(), log: new FakeLog() }
      ),
      says: ['evaluate', 'Queued · waits for “U-Net on handwriting”', 'No output yet.'],
      hides: ['Input for the job'],
      roles: { progressbar: 0 }
    },
    loading: {
      element: () => {
        const jobs = jobsOf();
        jobs.find = () => new Promise(quiet);
        return page(jobs, 'unknown')();
      },
      says: ['Loading…'],
      roles: { tablist: 0 }
    },
    error: {
      element: () => {
        const jobs = jobsOf();
        jobs.find = () => Promise.reject(new Error('There is no job “unknown”.'));
        return page(jobs, 'unknown')();
      },
      says: ['There is no job “unknown”.'],
      roles: { alert: 1, tablist: 0 }
    },
    usual: {
      element: page(jobsOf(RUNNING), 'run'),
      says: [
        'U-Net on handwriting',
        'Running',
        '12m',
        '387 % CPU, 3.2 GiB',
        'Overview',
        'Curves (2)',
        'Parameters (2)',
        'Stop',
        'Input for the job'
      ],
      hides: ['Delete'],
      roles: { tab: 5, progressbar: 1 }
    },
    long: {
      element: page(
        jobsOf(LONG_JOB),
        'long',
        { tab: 'log' },
        { log: new FakeLog([LONG.repeat(5), 'short']) }
      ),
      says: [LONG, 'Failed · killed', 'Delete', 'Run again']
    },
    many: {
      element: page(
        jobsOf(RUNNING),
        'run',
        {},
        {
          log: new FakeLog(times(1000, at => `line ${at}`)),
          metrics: () =>
            new FakeMetrics(
              new Map(times(12, at => [`metric ${at}`, training().series.get('accuracy')!]))
            )
        }
      ),
      says: ['1,000 lines', 'Curves (12)'],
      hides: ['line 500']
    },
    failed: {
      element: page(jobsOf(FAILED), 'bad'),
      act: root => press(root, 'Details'),
      says: [
        'Failed · exited with code 1: CUDA out of memory',
        'Directory',
        'Command',
        'Owner',
        'Less'
      ],
      hides: ['Input for the job']
    },
    asks: {
      element: page(jobsOf(ASKING), 'ask', { tab: 'log' }),
      says: ['Waits for input', 'End of input', 'Send']
    },
    stalled: {
      element: page(jobsOf(STALLED), 'still', { tab: 'log' }),
      says: ['No output, metrics or CPU since', '1,200 done']
    },
    preview: {
      element: () => {
        const jobs = jobsOf(RUNNING);
        const model = new JobPageModel(
          workbenchOf({ jobs, metrics: () => training() }),
          'run',
          { tab: 'curves' },
          true
        );
        return <JobBody model={model} commands={commands} />;
      },
      says: ['Keep open', 'Smoothing', 'Logarithmic', 'Refresh']
    },
    deleted: {
      element: () => {
        const jobs = jobsOf(RUNNING);
        const model = new JobPageModel(workbenchOf({ jobs }), 'run');
        jobs.changed.emit();
        jobs.list = [];
        jobs.changed.emit();
        return <JobBody model={model} commands={commands} />;
      },
      says: ['This job was deleted.'],
      roles: { tablist: 0 }
    }
  }
});

const FILES: IView = view({
  name: 'job-files',
  files: ['components/job/artifacts.tsx'],
  width: 700,
  height: 420,
  scenes: {
    empty: {
      element: page(withFiles(RUNNING, []), 'run', { tab: 'files' }),
      says: ['No files yet.', 'crispdm.artifact("confusion.png")', 'No models yet.']
    },
    loading: {
      element: page(
        withFiles(RUNNING, files(2)),
        'run',
        { tab: 'files' },
        { models: waiting(new FakeModels()) }
      ),
      says: ['Loading…']
    },
    error: {
      element: page(
        withFiles(RUNNING, files(2)),
        'run',
        { tab: 'files' },
        { models: refused(new FakeModels()) }
      ),
      says: [REFUSAL],
      roles: { alert: 1 }
    },
    usual: {
      element: page(
        withFiles(FAILED, files(4)),
        'bad',
        { tab: 'files' },
        { models: models('bad', 'digits') }
      ),
      says: [
        'plots/epoch-0.png',
        '1.0 KiB',
        '64.0 KiB',
        'digits, version 2',
        'Files and models (6)'
      ],
      roles: { link: 4, row: 5 }
    },
    long: {
      element: page(
        withFiles(
          RUNNING,
          files(3, at => `${LONG.replaceAll(' ', '/')}/${'y'.repeat(90)}-${at}.png`)
        ),
        'run',
        {
          tab: 'files'
        }
      ),
      says: ['y'.repeat(90)],
      roles: { link: 3 }
    },
    many: {
      element: page(withFiles(RUNNING, files(1000)), 'run', { tab: 'files' }),
      says: ['plots/epoch-0.png', 'Files and models (1000)'],
      roles: { link: 1000 }
    }
  }
});

const SETTINGS = {
  lr: 0.001,
  batch: 32,
  layers: [64, 128, 256],
  optimizer: { name: 'adam', betas: [0.9, 0.999] },
  note: 'as in the paper'
};

function parameters(given: Record<string, unknown>): IScene['element'] {
  return page(jobsOf({ ...RUNNING, parameters: given }), 'run', { tab: 'parameters' });
}

const PARAMETERS: IView = view({
  name: 'job-parameters',
  files: ['components/job/parameters.tsx'],
  width: 700,
  height: 340,
  scenes: {
    empty: {
      element: parameters({}),
      says: ['No parameters.', 'crispdm.params({"batch_size": 32})'],
      roles: { row: 0 }
    },
    usual: {
      element: parameters(SETTINGS),
      says: ['[64,128,256]', '{"name":"adam","betas":[0.9,0.999]}', 'as in the paper'],
      roles: { row: 6 }
    },
    long: {
      element: parameters({ [LONG]: LONG, ['z'.repeat(90)]: 'w'.repeat(400) }),
      says: ['z'.repeat(90), LONG],
      roles: { row: 3 }
    },
    many: {
      element: parameters(Object.fromEntries(times(1000, at => [`p${at}`, at]))),
      says: ['Parameters (1000)', 'p999'],
      roles: { row: 1001 }
    }
  },
  without: { loading: 'They come with the job.', error: 'They come with the job.' }
});

function header(job: Job): IScene['element'] {
  return () => (
    <JobHeader
      job={job}
      environment="vision"
      isPending={false}
      submission={{ script: 'train.py', retries: 2 }}
      nameOf={id => (id === 'run' ? 'U-Net on handwriting' : id)}
      onOpen={quiet}
      schedule="nightly"
      onSchedule={quiet}
      onStop={quiet}
      onRerun={quiet}
      onDelete={quiet}
    />
  );
}

const details = (root: HTMLElement): void => press(root, 'Details');

const DETAILS: IView = view({
  name: 'job-details',
  files: ['components/job/details.tsx', 'components/jobs/tags.tsx'],
  width: 800,
  height: 300,
  scenes: {
    empty: {
      element: header(aJob({ state: 'queued', started: null })),
      act: details,
      says: ['Attempt', '1 of 3'],
      hides: ['Starts after', 'Tags', 'Ended']
    },
    usual: {
      element: header({
        ...RUNNING,
        after: ['bad'],
        rerun_of: 'good',
        schedule: 's1',
        gpus: 2,
        devices: ['0', '1'],
        memory: 2 ** 34,
        via: 'nightly',
        cpus: 4
      }),
      act: details,
      says: [
        'Starts after',
        'Repeats',
        'Schedule',
        'nightly',
        '4 CPUs, 2 GPUs, 16.0 GiB memory',
        '387 % CPU, 3.2 GiB of 16.0 GiB',
        '0, 1',
        'handwriting'
      ]
    },
    long: {
      element: header({
        ...LONG_JOB,
        command: ['python', LONG, '--data', 'x'.repeat(120)],
        cwd: `/work/${'deep/'.repeat(40)}`
      }),
      act: details,
      says: [LONG, 'deep/deep']
    },
    many: {
      element: header({
        ...RUNNING,
        after: times(40, at => `j${at}`),
        tags: times(40, at => `tag ${at}`)
      }),
      act: details,
      says: ['j39', 'tag 39']
    }
  },
  without: { loading: 'They come with the job.', error: 'They come with the job.' }
});

const INPUT: IView = view({
  name: 'job-input',
  files: ['components/job/inputline.tsx'],
  width: 600,
  height: 70,
  scenes: {
    usual: {
      element: () => <InputLine onSend={() => Promise.resolve()} onEnd={() => Promise.resolve()} />,
      says: ['Input for the job: type, then Enter', 'Send', 'End of input']
    },
    error: {
      element: () => (
        <InputLine
          onSend={() => Promise.resolve()}
          onEnd={() => Promise.reject(new Error('The job is over: it takes no input.'))}
        />
      ),
      act: root => press(root, 'End of input'),
      says: ['The job is over: it takes no input.'],
      roles: { alert: 1 }
    }
  },
  without: {
    empty: 'The usual one is empty.',
    loading: 'It waits for nothing.',
    long: 'A line scrolls in its field.',
    many: 'It is one line.'
  }
});

export const JOB_PAGE = [PAGE, FILES, PARAMETERS, DETAILS, INPUT];
