import type { DOMWidgetView, IWidgetManager } from '@jupyter-widgets/base';
import React from 'react';
import { ConnectionBanner } from '../../../src/components/basics/connection';
import { CrispdmModel, page } from '../../../src/widgets/basics/react';
import { JobTableView } from '../../../src/widgets/jobs';
import { PredictFormView } from '../../../src/widgets/models';
import { LogView, TrainingPlotView } from '../../../src/widgets/tracking';
import type { LiveState } from '../../../src/api';
import type { FakeJobs } from '../support';
import { FakeConnection, FakeLog, FakeModels } from '../support';
import { FakeStates } from '../shared';
import { LONG_NAMES } from './jobs';
import { EXAMPLES, READY } from './models/views';
import type { IScene, IView } from './scene';
import { LONG, times, view } from './scene';
import type { IGiven, Share } from './workbench';
import {
  FakeMetrics,
  jobsOf,
  Lumino,
  morning,
  refused,
  REFUSAL,
  thousand,
  waiting,
  workbenchOf
} from './workbench';

type ViewClass = new (options: { model: CrispdmModel; options: object }) => DOMWidgetView;

/** A widget as a notebook or dashboard shows it; its kernel may be dead. */
export function widget(
  View: ViewClass,
  values: object,
  given: IGiven,
  shares: (share: Share) => void = () => undefined
): IScene['element'] {
  return () => {
    page.workbench = workbenchOf(given, shares);
    const manager = { inline_sanitize: (text: string) => text } as unknown as IWidgetManager;
    const make = (): DOMWidgetView['luminoWidget'] => {
      const options = { model_id: 'm1', widget_manager: manager };
      const model = new CrispdmModel(values, options);
      model.save_changes = () => undefined;
      const made = new View({ model, options: {} });
      made.render();
      return made.luminoWidget;
    };
    return <Lumino make={make} />;
  };
}

const JOBS = { selected: '', follow_newest: false, controls: true, height: 300 };

function jobTable(jobs: FakeJobs, values: object = {}): IScene['element'] {
  return widget(JobTableView, { ...JOBS, ...values }, { jobs });
}

const TABLE: IView = view({
  name: 'widget-jobs',
  files: ['widgets/jobs/table.tsx'],
  width: 600,
  height: 320,
  scenes: {
    empty: {
      element: jobTable(jobsOf()),
      says: ['No jobs yet.', 'A job that a colleague starts appears here by itself.']
    },
    loading: { element: jobTable(waiting(jobsOf())), says: ['Loading…'] },
    error: { element: jobTable(refused(jobsOf())), says: [REFUSAL], roles: { alert: 1 } },
    usual: {
      element: jobTable(jobsOf(...morning()), { selected: 'bad' }),
      says: ['U-Net on handwriting', 'Stop U-Net on handwriting'],
      roles: { listitem: 9 }
    },
    long: { element: jobTable(jobsOf(...LONG_NAMES)), says: [LONG], roles: { listitem: 3 } },
    many: {
      element: jobTable(jobsOf(...thousand()), { controls: false }),
      says: ['run 0'],
      hides: ['Stop run 0', 'run 900'],
      roles: { listitem: { most: 40 } }
    }
  }
});

function logWidget(log: FakeLog, job = 'run'): IScene['element'] {
  return widget(LogView, { job, height: 200 }, { jobs: jobsOf(...morning()), log });
}

const LOG: IView = view({
  name: 'widget-log',
  files: ['widgets/tracking/log.tsx'],
  width: 600,
  height: 220,
  scenes: {
    empty: {
      element: logWidget(new FakeLog(), ''),
      says: ['Choose a job to see its log.'],
      roles: { toolbar: 0 }
    },
    loading: { element: logWidget(waiting(new FakeLog())), says: ['Loading…'] },
    error: { element: logWidget(refused(new FakeLog())), says: [REFUSAL], roles: { alert: 1 } },
    usual: {
      element: logWidget(new FakeLog(times(8, at => `epoch ${at}`))),
      says: ['epoch 7', 'Download'],
      roles: { log: 1 }
    },
    long: { element: logWidget(new FakeLog([`${LONG} `.repeat(6)])), says: [LONG] },
    many: {
      element: logWidget(new FakeLog(times(1000, at => `line ${at}`))),
      says: ['1,000 lines'],
      hides: ['line 600']
    }
  }
});

function predictWidget(models: FakeModels, title = ''): IScene['element'] {
  return widget(PredictFormView, { title, _examples: EXAMPLES, shared: '' }, { models });
}

/** A form in which everybody sees what was asked lately. */
function sharedForm(asked: readonly object[]): IScene['element'] {
  const states = new FakeStates();
  states.server.write('answers', asked);
  const models = Object.assign(new FakeModels(), { deployments: READY });
  const values = { title: '', _examples: EXAMPLES, shared: 'answers' };
  return widget(PredictFormView, values, { models, states });
}

const asked = (by: string, found: string[]): object => ({
  by,
  found,
  time: '2026-11-21T11:58:00Z',
  picture: 'page-0.png'
});

const PREDICT: IView = view({
  name: 'widget-predict',
  files: ['widgets/models/predict.tsx'],
  width: 600,
  height: 260,
  scenes: {
    empty: { element: predictWidget(new FakeModels()), says: ['No model is deployed yet.'] },
    loading: {
      element: predictWidget(Object.assign(new FakeModels(), { isServingKnown: false })),
      says: ['Looking for a deployed model…']
    },
    usual: {
      element: predictWidget(Object.assign(new FakeModels(), { deployments: READY })),
      says: ['digits, version 3, answers.', 'Ask about page-0.png'],
      roles: { button: 4 }
    },
    long: {
      element: predictWidget(Object.assign(new FakeModels(), { deployments: READY }), LONG),
      says: [LONG]
    },
    shared: {
      element: sharedForm([asked('bo', ['3', '1', '4']), asked('ann', [])]),
      says: ['Asked lately, by everybody', '3 1 4', 'nothing', 'ann'],
      roles: { table: 1 }
    },
    unasked: { element: sharedForm([]), says: ['Nobody has asked yet.'] }
  },
  without: {
    error: 'The view `predict` shows what is refused.',
    many: 'The view `predict` shows many answers.'
  }
});

function plot(metrics: FakeMetrics, job = 'run'): IScene['element'] {
  const values = { job, metrics: [], height: 240, period: null, _versions: {} };
  return widget(TrainingPlotView, values, { metrics: () => metrics });
}

const PLOT: IView = view({
  name: 'widget-training',
  files: ['widgets/tracking/training.tsx'],
  width: 600,
  height: 90,
  scenes: {
    empty: {
      element: plot(new FakeMetrics()),
      says: ['No metrics yet. They appear here as the job logs them.']
    },
    loading: { element: plot(waiting(new FakeMetrics())), says: ['Loading…'] },
    error: { element: plot(refused(new FakeMetrics())), says: [REFUSAL] },
    unchosen: { element: plot(new FakeMetrics(), ''), says: ['Choose a job to see its curves.'] },
    ended: {
      element: plot(Object.assign(new FakeMetrics(), { isEnded: true })),
      says: ['This job logged no metrics.']
    }
  },
  without: {
    usual: 'bqplot draws it: docs/images/dashboard.png, taken from the demo.',
    long: 'bqplot draws it.',
    many: 'bqplot draws it.',
    dark: 'bqplot draws it.'
  }
});

function banner(state: LiveState): IScene['element'] {
  const connection = Object.assign(new FakeConnection(), { state });
  return () => <ConnectionBanner connection={connection} />;
}

const BANNER: IView = view({
  name: 'connection-banner',
  files: ['components/basics/connection.tsx'],
  width: 480,
  height: 64,
  scenes: {
    error: {
      element: banner('lost'),
      says: ['No connection to the server. Jobs go on; trying again…', 'Resume'],
      roles: { alert: 1 }
    },
    usual: {
      element: banner('refused'),
      says: ['Your session has ended.', 'Log in again'],
      roles: { alert: 1 }
    }
  },
  without: {
    empty: 'It is there only while something is wrong.',
    loading: 'It is there only while something is wrong.',
    long: 'Its words are ours.',
    many: 'It is one line.'
  }
});

export const WIDGETS = [TABLE, LOG, PREDICT, PLOT, BANNER];
