import { nullTranslator } from '@jupyterlab/translation';
import React from 'react';
import type { Schedule } from '../../../src/api';
import { ApiError } from '../../../src/api';
import { ScheduleDialog } from '../../../src/panels/schedules';
import { SchedulesBody } from '../../../src/panels/schedules/body';
import { ScheduleModel } from '../../../src/panels/schedules/model';
import { aSchedule, FakeSchedules } from '../schedules';
import { trans } from '../support';
import type { IScene, IView } from './scene';
import { LONG, times, view } from './scene';
import {
  commands,
  jobsOf,
  Lumino,
  morning,
  press,
  refused,
  REFUSAL,
  someEnvironments,
  waiting
} from './workbench';

function schedulesOf(...list: Schedule[]): FakeSchedules {
  return Object.assign(new FakeSchedules(), { list });
}

const SOME = [
  aSchedule({ last_job: 'good', last_run: '2026-11-21T03:00:00Z' }),
  aSchedule({
    id: 's2',
    name: 'hourly check',
    cron: '5 * * * *',
    description: 'At 5 minutes past the hour',
    next_run: '2026-11-21T12:05:00Z',
    timezone: 'Europe/Berlin',
    last_job: 'run'
  }),
  aSchedule({ id: 's3', name: 'monthly report', paused: true, next_run: null }),
  aSchedule({
    id: 's4',
    name: 'moved file',
    reason: 'There is no file study/train.py.',
    last_job: 'bad'
  })
];

function list(schedules: FakeSchedules): IScene['element'] {
  return () => (
    <div className="crispdm-Section" style={{ height: '100%' }}>
      <div className="crispdm-View">
        <SchedulesBody schedules={schedules} jobs={jobsOf(...morning())} commands={commands} />
      </div>
    </div>
  );
}

const LIST: IView = view({
  name: 'schedules-panel',
  files: ['panels/schedules/body.tsx', 'components/schedules/list.tsx'],
  width: 300,
  height: 300,
  scenes: {
    empty: { element: list(schedulesOf()), says: ['Nothing is scheduled.', 'Schedule a file…'] },
    loading: {
      element: list(waiting(schedulesOf())),
      says: ['Loading…'],
      hides: ['Nothing is scheduled.']
    },
    error: { element: list(refused(schedulesOf())), says: [REFUSAL], roles: { alert: 1 } },
    usual: {
      element: list(Object.assign(schedulesOf(...SOME), { pending: new Set(['s2']) })),
      says: [
        'nightly',
        'At 03:00 every day',
        'paused',
        'Resume monthly report',
        'There is no file study/train.py.',
        '(Europe/Berlin)'
      ],
      roles: { listitem: 4 }
    },
    long: {
      element: list(
        schedulesOf(
          aSchedule({
            name: LONG,
            description: LONG,
            timezone: 'America/Argentina/ComodRivadavia'
          }),
          aSchedule({ id: 'r', name: 'x'.repeat(100), reason: LONG })
        )
      ),
      says: [LONG, 'x'.repeat(100)],
      roles: { listitem: 2 }
    },
    many: {
      element: list(
        schedulesOf(...times(1000, at => aSchedule({ id: `s${at}`, name: `schedule ${at}` })))
      ),
      says: ['schedule 999'],
      roles: { listitem: 1000 }
    }
  }
});

function dialog(
  change: Parameters<ScheduleModel['change']>[0] = {},
  schedules = schedulesOf(),
  schedule?: Schedule
): IScene['element'] {
  return () => {
    const submission = {
      script: 'study/train.py',
      environment: 'vision',
      name: change.name ?? null
    };
    const model = new ScheduleModel({
      schedules,
      jobs: jobsOf(),
      environments: someEnvironments(),
      trans,
      submission,
      schedule
    });
    model.change(change);
    return <Lumino make={() => new ScheduleDialog(model, nullTranslator)} />;
  };
}

function refusing(field: string, message: string): FakeSchedules {
  const failure = new ApiError(400, { message, details: { field } });
  return Object.assign(schedulesOf(), { failure });
}

const FIVE = {
  description: 'At 03:00 every day',
  times: times(5, at => `2026-11-2${2 + at}T03:00:00Z`)
};

const DIALOG: IView = view({
  name: 'schedule-dialog',
  files: [
    'panels/schedules/index.ts',
    'panels/schedules/dialogbody.tsx',
    'components/schedules/form.tsx'
  ],
  width: 720,
  height: 620,
  scenes: {
    loading: {
      element: () => {
        const schedules = schedulesOf();
        schedules.preview = () => new Promise(() => undefined);
        return dialog({}, schedules)();
      },
      says: ['New schedule', 'Make schedule', 'Every day'],
      hides: ['Next, in your time']
    },
    error: {
      element: dialog(
        { preset: 'custom', cron: '61 * * * *' },
        refusing('cron', 'cron: the minute must be between 0 and 59.')
      ),
      act: root => press(root, 'Make schedule'),
      says: ['cron: the minute must be between 0 and 59.'],
      hides: ['Next, in your time']
    },
    usual: {
      settles: 300,
      element: dialog({ name: 'nightly' }, Object.assign(schedulesOf(), { previewed: FIVE })),
      says: [
        'Name of the schedule',
        'nightly',
        'At 03:00 every day',
        'Next, in your time',
        'Make up for them with one run',
        'What runs: study/train.py in vision'
      ]
    },
    long: {
      settles: 300,
      element: dialog({
        name: LONG,
        preset: 'custom',
        cron: '0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19 * * * *',
        timezone: 'America/Argentina/ComodRivadavia'
      }),
      says: [LONG, 'America/Argentina/ComodRivadavia']
    },
    many: {
      settles: 300,
      element: dialog(
        { name: 'monthly', preset: 'monthly', day: 'L' },
        Object.assign(schedulesOf(), { previewed: FIVE })
      ),
      says: ['On day', 'last', 'Every month']
    },
    weekly: {
      settles: 300,
      element: dialog(
        { name: 'weekly', preset: 'weekly', weekday: '5', time: '18:30' },
        Object.assign(schedulesOf(), { previewed: FIVE })
      ),
      says: ['Every week', '18:30', 'On']
    },
    hourly: {
      settles: 300,
      element: dialog({ name: 'hourly', preset: 'hourly', minute: '5' }),
      says: ['At minute', 'Every hour']
    },
    edit: {
      settles: 300,
      element: dialog({}, schedulesOf(), SOME[1]),
      says: ['Edit schedule', 'Save schedule', 'hourly check']
    },
    refused: {
      element: dialog(
        { name: 'nightly' },
        refusing('submission.script', 'There is no file study/train.py.')
      ),
      act: root => press(root, 'Make schedule'),
      says: ['There is no file study/train.py.']
    }
  },
  without: { empty: 'It proposes each night from the start.' }
});

export const SCHEDULES = [LIST, DIALOG];
