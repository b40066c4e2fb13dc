import { nullTranslator } from '@jupyterlab/translation';
import React from 'react';
import type { Alert, AlertRule } from '../../../../src/api';
import { wholeRule } from '../../../../src/components/alerts/values';
import { AlertsDialog } from '../../../../src/panels/alerts';
import { AlertsModel } from '../../../../src/panels/alerts/model';
import { FakeDiagnosis } from '../../diagnosis';
import { FakeJobs, FakeMetrics, trans } from '../../support';
import type { IScene, IView } from '../scene';
import { LONG, times, view } from '../scene';
import { Lumino, press } from '../workbench';

function alert(rule: Partial<AlertRule> & Pick<AlertRule, 'when'>, reason = ''): Alert {
  const raised = reason !== '';
  const time = raised ? Date.parse('2026-11-21T11:58:00Z') / 1000 : null;
  return { rule: wholeRule(rule), raised, reason, time, evidence: [] };
}

function dialog(
  alerts: readonly Alert[],
  name = 'U-Net',
  jobs = new FakeJobs()
): IScene['element'] {
  return () => {
    jobs.watchedFor = [...alerts];
    const diagnosis = new FakeDiagnosis();
    const metrics = new FakeMetrics();
    const model = new AlertsModel({ id: 'run', jobs, diagnosis, metrics, trans });
    return <Lumino make={() => new AlertsDialog(model, name, nullTranslator)} />;
  };
}

const STUCK = alert(
  { when: 'stuck', metric: 'val/loss', patience: 10, then: 'stop' },
  'val/loss has been no better than 0.31, at step 40, for 10 values, up to step 50.'
);
const USUAL = [
  STUCK,
  alert({
    when: 'stuck',
    metric: 'f1',
    patience: 500,
    unit: 'steps',
    least: 0.001,
    better: 'high'
  }),
  alert({ when: 'above', metric: 'train/loss', value: 5 }),
  alert({ when: 'nan', then: 'stop' })
];

/** The rules that the curves of a job are watched for, as they are changed. */
export const ALERTS: IView = view({
  name: 'alerts-dialog',
  files: ['panels/alerts/index.ts', 'panels/alerts/body.tsx', 'components/alerts/fields.tsx'],
  width: 660,
  height: 460,
  scenes: {
    empty: { element: dialog([]), says: ['Alerts of “U-Net”', 'Add alert'], hides: ['Metric'] },
    loading: {
      element: dialog(
        [],
        'U-Net',
        Object.assign(new FakeJobs(), { alerts: () => new Promise(() => undefined) })
      ),
      says: ['Loading…'],
      hides: ['Add alert']
    },
    error: {
      element: dialog(
        [],
        'U-Net',
        Object.assign(new FakeJobs(), { failure: new Error('The disk does not answer.') })
      ),
      says: ['The disk does not answer.'],
      hides: ['Add alert']
    },
    usual: {
      element: dialog(USUAL),
      says: ['val/loss has been no better than 0.31', 'by more than', 'is above', 'stop, keep best']
    },
    wrong: {
      element: dialog([alert({ when: 'above', metric: 'loss' })]),
      act: root => press(root, 'Save alerts'),
      says: ['Alert 1: the limit must be a number.']
    },
    long: {
      element: dialog([alert({ when: 'above', metric: LONG, value: 1 }, `${LONG} ${LONG}`)], LONG),
      says: [LONG]
    },
    many: {
      element: dialog(
        times(50, at => alert({ when: 'above', metric: `head ${at}/loss`, value: at }))
      ),
      says: ['is above'],
      roles: { group: 51 }
    }
  }
});
