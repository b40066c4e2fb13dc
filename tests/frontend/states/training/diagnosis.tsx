import React from 'react';
import type { Alert, Diagnosis } from '../../../../src/api';
import { DiagnosisLine } from '../../../../src/components/diagnosis/diagnosis';
import { aDiagnosis, aFinding, FakeDiagnosis } from '../../diagnosis';
import type { IScene, IView } from '../scene';
import { LONG, times, view } from '../scene';
import { press } from '../workbench';

const WATCHED: Alert = {
  rule: {
    when: 'stuck',
    metric: 'val/loss',
    value: null,
    patience: 10,
    unit: 'values',
    least: 0,
    better: null,
    then: 'stop'
  },
  raised: false,
  reason: '',
  time: null,
  evidence: []
};
const RAISED: Alert = {
  ...WATCHED,
  raised: true,
  reason: 'val/loss has been no better than 0.31, at step 40, for 10 values, up to step 50.',
  time: Date.parse('2026-11-21T11:58:00Z') / 1000
};
const BEST: Diagnosis['best'] = {
  metric: 'val/loss',
  better: 'low',
  step: 40,
  value: 0.31,
  time: null,
  artifact: null,
  model: 'net-40.pt',
  kept: true,
  note: ''
};

function line(said: Diagnosis | null): IScene['element'] {
  return () => <DiagnosisLine model={new FakeDiagnosis(said)} />;
}

const why = (root: HTMLElement): void => press(root, 'Why');

/** What the curves of a job say. */
export const DIAGNOSIS: IView = view({
  name: 'diagnosis',
  files: ['components/diagnosis/badge.tsx', 'components/diagnosis/diagnosis.tsx'],
  width: 720,
  height: 320,
  scenes: {
    empty: {
      element: line(aDiagnosis({ verdict: 'early', reason: 'Nothing yet.', findings: [] })),
      says: [],
      hides: ['Too early to say', 'Why']
    },
    usual: {
      element: line(
        aDiagnosis({
          findings: [
            aFinding(),
            aFinding({ train: 'train/accuracy', validation: 'val/accuracy', verdict: 'right' })
          ],
          best: BEST,
          alerts: [WATCHED]
        })
      ),
      act: why,
      says: [
        'Over-fitted',
        'Just right',
        'val/loss (at best): 0.31 at step 40',
        'Kept as the result: net-40.pt.',
        'Watching',
        'val/loss no better for 10 values: stop the job and keep the best'
      ]
    },
    error: {
      element: line(
        aDiagnosis({
          verdict: 'nan',
          reason: 'train/loss is not a number since step 812; before, it was 3.1 at step 811.',
          alerts: [RAISED],
          trouble: 'Some of the metrics cannot be read: the disk does not answer.'
        })
      ),
      act: why,
      says: ['Not a number', 'Alert: val/loss has been no better', 'Raised', 'cannot be read']
    },
    long: {
      element: line(aDiagnosis({ reason: `${LONG} ${LONG} ${LONG}` })),
      says: [LONG]
    },
    many: {
      element: line(
        aDiagnosis({
          findings: times(50, at => aFinding({ train: `head ${at}/loss`, validation: null }))
        })
      ),
      act: why,
      says: ['Over-fitted'],
      roles: { listitem: 150 }
    }
  },
  without: { loading: 'It is not there before it is known.' }
});
