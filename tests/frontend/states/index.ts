import { DESK_VIEWS } from './desk';
import { ALERTS } from './training/alerts';
import { DIAGNOSIS } from './training/diagnosis';
import { RUNS } from './training/runs';
import { ENVIRONMENTS } from './environments';
import { FILES } from './files/browser';
import { HISTORY } from './history/views';
import { JOB_PAGE } from './jobpage';
import { JOBS } from './jobs';
import { MEDIA, MEDIA_WIDGET } from './media';
import { MODEL_PAGE } from './models/page';
import { TRY } from './models/tryit';
import { MODELS } from './models/views';
import { RULES } from './rules/view';
import { RUN_VIEWS } from './run';
import type { IView } from './scene';
import { SCHEDULES } from './schedules';
import { SHARED } from './shared/views';
import { SNAPSHOTS } from './snapshots';
import { MONITOR, PAGE } from './streams/monitor';
import { FORM, STREAMS } from './streams/panel';
import { LIVE_MONITOR } from './streams/widget';
import { TEXT } from './text/views';
import { TRACKING } from './tracking';
import { WIDGETS } from './widgets';

/** Every view with its states. */
export const VIEWS: readonly IView[] = [
  ...JOBS,
  ...JOB_PAGE,
  ...TRACKING,
  DIAGNOSIS,
  ALERTS,
  RUNS,
  RULES,
  MEDIA,
  MEDIA_WIDGET,
  ...RUN_VIEWS,
  ...SCHEDULES,
  ...ENVIRONMENTS,
  ...MODELS,
  ...MODEL_PAGE,
  TRY,
  ...HISTORY,
  MONITOR,
  PAGE,
  LIVE_MONITOR,
  STREAMS,
  FORM,
  ...WIDGETS,
  ...DESK_VIEWS,
  ...SNAPSHOTS,
  ...FILES,
  ...SHARED,
  ...TEXT
];
