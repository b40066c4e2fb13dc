import { PageConfig } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { Widget } from '@lumino/widgets';
import React, { useMemo } from 'react';
import type { Job } from '../../api';
import { isFinal } from '../../api';
import { IJobs, JobCommands } from '../../tokens/jobs';
import { ISchedules, ScheduleCommands } from '../../tokens/schedules';
import { ArtifactList } from '../../components/job/artifacts';
import { ConnectionBanner } from '../../components/basics/connection';
import { useTrans } from '../../components/basics/context';
import { Curves } from '../../components/curves/curves';
import { DiagnosisLine } from '../../components/diagnosis/diagnosis';
import { Empty } from '../../components/basics/empty';
import { FactsGuard } from '../../components/basics/facts';
import type { IGroup } from '../../components/curves/groups';
import { groupSeries } from '../../components/curves/groups';
import { useFact, useFacts, useSignal } from '../../components/basics/hooks';
import { useShown } from '../../components/basics/visibility';
import { InputLine } from '../../components/job/inputline';
import { JobHeader } from '../../components/job/header';
import type { IFileOpener } from '../../components/logs/links';
import { pathBelow } from '../../components/logs/links';
import { LogView } from '../../components/logs/view';
import { MediaView } from '../../components/media/view';
import { ParameterTable } from '../../components/job/parameters';
import { Tabs } from '../../components/basics/tabs';
import { dragOut } from '../chart/drag';
import { ModelsBody, versionsOf } from '../models/body';
import type { JobPageModel, Tab } from './model';
import { IEnvironments } from '../../tokens/environments';
import { IModels } from '../../tokens/models';

/** Seconds between two countings of the curves, of which the tab tells how many there are. */
const COUNTED = 5;

/** The command that shows which curves are read out of a log. */
const METRIC_RULES = 'crispdm:metric-rules';

interface IProps {
  model: JobPageModel;
  commands: CommandRegistry;
}

/** The page of one job. */
export function JobBody(props: IProps): React.JSX.Element {
  const { model } = props;
  const { connection } = model.workbench;
  const environments = model.workbench.get(IEnvironments);
  const models = model.workbench.get(IModels);
  useShown(model);
  useFacts(model);
  useSignal(model.viewChanged);
  useFacts(environments);
  useFacts(models);
  const trans = useTrans();
  if (model.isDeleted) {
    return <Empty title={trans.__('This job was deleted.')} />;
  }
  return (
    <div className="crispdm-JobPage">
      <ConnectionBanner connection={connection} />
      <FactsGuard facts={model}>{model.job && <Page {...props} job={model.job} />}</FactsGuard>
    </div>
  );
}

function Page({ model, commands, job }: IProps & { job: Job }): React.JSX.Element {
  const trans = useTrans();
  const jobs = model.workbench.get(IJobs);
  const environments = model.workbench.get(IEnvironments);
  const schedules = model.workbench.get(ISchedules);
  const args = { id: job.id };
  useShown(model.metrics, COUNTED);
  useShown(model.media);
  useFacts(model.media);
  const curves = useFact(model.metrics, () => groupSeries(model.metrics.series.keys()).length);
  return (
    <>
      <JobHeader
        job={job}
        environment={environments.nameOf(job.environment)}
        isPending={jobs.isPending(job.id)}
        submission={model.submission}
        nameOf={id => jobs.get(id)?.name ?? id}
        onOpen={id => void commands.execute(JobCommands.open, { id })}
        schedule={schedules.get(job.schedule ?? '')?.name}
        onSchedule={() => void commands.execute(ScheduleCommands.edit, { id: job.schedule })}
        onStop={() => void commands.execute(JobCommands.stop, args)}
        onRerun={() => void commands.execute(JobCommands.rerun, args)}
        onDelete={() => void commands.execute(JobCommands.remove, args)}
        onKeep={model.isPreview ? () => model.keep() : undefined}
      />
      <Tabs<Tab>
        label={trans.__('Parts of the job')}
        tabs={tabs(trans, model, job, curves)}
        selected={model.view.tab}
        onSelect={tab => model.setView({ tab })}
      >
        <TabBody model={model} commands={commands} job={job} curves={curves} />
      </Tabs>
    </>
  );
}

function tabs(
  trans: TranslationBundle,
  model: JobPageModel,
  job: Job,
  curves: number
): [Tab, string][] {
  const files = model.artifacts.length + versionsOf(model.workbench.get(IModels), model.id).length;
  const counted = (label: string, count: number): string =>
    count > 0 ? trans.__('%1 (%2)', label, count) : label;
  return [
    ['overview', trans.__('Overview')],
    ['log', trans.__('Log')],
    ['curves', counted(trans.__('Curves'), curves)],
    ...(model.media.series.length > 0 || model.view.tab === 'media'
      ? [
          ['media', counted(trans.__('Pictures and tables'), model.media.series.length)] as [
            Tab,
            string
          ]
        ]
      : []),
    ['parameters', counted(trans.__('Parameters'), Object.keys(job.parameters).length)],
    ['files', counted(trans.__('Files and models'), files)]
  ];
}

function TabBody(props: IProps & { job: Job; curves: number }): React.JSX.Element {
  const { model, job } = props;
  switch (model.view.tab) {
    case 'log':
      return <LogPart {...props} />;
    case 'curves':
      return <CurvesPart {...props} />;
    case 'media':
      return <MediaPart {...props} />;
    case 'parameters':
      return <ParameterTable parameters={job.parameters} />;
    case 'files':
      return <FilesPart {...props} />;
    default:
      return <Overview {...props} />;
  }
}

/** The curves beside the log; where there are none, the log has all the room. */
function Overview(props: IProps & { job: Job; curves: number }): React.JSX.Element {
  const { model, job, curves } = props;
  const isSplit = curves > 0 || versionsOf(model.workbench.get(IModels), job.id).length > 0;
  return (
    <div className="crispdm-Overview" data-split={isSplit || undefined}>
      {isSplit && <CurvesPart {...props} />}
      <LogPart {...props} />
    </div>
  );
}

function CurvesPart({ model, commands, job }: IProps & { job: Job }): React.JSX.Element {
  const models = model.workbench.get(IModels);
  return (
    <div className="crispdm-Part">
      {model.view.tab === 'overview' && versionsOf(models, job.id).length > 0 && (
        <ModelsBody models={models} commands={commands} job={job.id} />
      )}
      <DiagnosisLine
        model={model.diagnosis}
        onAlerts={() => void commands.execute(JobCommands.alerts, { id: job.id })}
      />
      <Curves
        metrics={model.metrics}
        view={model.view}
        onView={change => model.setView(change)}
        onOpen={group => void commands.execute(JobCommands.openChart, chartOf(model, group))}
        onDrag={(group, event) =>
          void dragOut(
            event,
            group.name,
            () =>
              commands.execute(JobCommands.openChart, {
                ...chartOf(model, group),
                isDragged: true
              }) as Promise<Widget>
          )
        }
      />
    </div>
  );
}

/** A chart of the page, as the command that opens it in a tab of its own is told. */
function chartOf({ id, view }: JobPageModel, group: IGroup): ReadonlyPartialJSONObject {
  const { smoothing, logScale, axis, range, period } = view;
  const shown = { smoothing, logScale, axis, period, range: range && { ...range } };
  return { id, name: group.name, series: [...group.series], view: shown };
}

function LogPart({ model, commands, job }: IProps & { job: Job }): React.JSX.Element {
  const jobs = model.workbench.get(IJobs);
  const files = useMemo(() => fileOpener(commands, job.cwd), [commands, job.cwd]);
  const hasRules = commands.hasCommand(METRIC_RULES);
  return (
    <div className="crispdm-Part">
      <LogView
        log={model.log}
        downloadUrl={jobs.logUrl(job.id)}
        files={files}
        onRules={hasRules ? () => void commands.execute(METRIC_RULES, { id: job.id }) : undefined}
      />
      {takesInput(job) && (
        <InputLine
          draft={model.draft}
          onSend={text => {
            model.keep();
            return jobs.send(job.id, text);
          }}
          onEnd={() => jobs.endInput(job.id)}
        />
      )}
    </div>
  );
}

/** Opens files below the root of the files; a job's own names begin in the folder that it runs in. */
function fileOpener(commands: CommandRegistry, folder: string): IFileOpener | null {
  const root = PageConfig.getOption('serverRoot');
  return root === '' || !commands.hasCommand(JobCommands.openFile)
    ? null
    : {
        find: path => pathBelow(root, folder, path),
        open: (path, line) =>
          void commands.execute(JobCommands.openFile, { path, line: String(line) })
      };
}

/** Whether somebody reads what is typed: a job that waits for its turn does not yet, one that is over no more. */
function takesInput({ state }: Job): boolean {
  return !isFinal(state) && state !== 'queued';
}

function MediaPart({ model }: IProps): React.JSX.Element {
  return (
    <div className="crispdm-Part crispdm-mod-scroll">
      <MediaView model={model.media} />
    </div>
  );
}

function FilesPart({ model, commands, job }: IProps & { job: Job }): React.JSX.Element {
  const trans = useTrans();
  const jobs = model.workbench.get(IJobs);
  const models = model.workbench.get(IModels);
  return (
    <div className="crispdm-Part crispdm-mod-scroll">
      <h3>{trans.__('Files')}</h3>
      <ArtifactList artifacts={model.artifacts} urlOf={path => jobs.artifactUrl(job.id, path)} />
      <h3>{trans.__('Models')}</h3>
      <ModelsBody models={models} commands={commands} job={job.id} />
    </div>
  );
}
