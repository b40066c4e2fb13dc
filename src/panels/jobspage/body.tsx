import type { CommandRegistry } from '@lumino/commands';
import React, { useCallback } from 'react';
import type { JobState } from '../../api';
import { IJobs, JobCommands } from '../../tokens/jobs';
import { IModels, ModelCommands } from '../../tokens/models';
import { BulkBar } from '../../components/jobgrid/bulkbar';
import { ColumnMenu } from '../../components/jobgrid/columnmenu';
import { ConnectionBanner } from '../../components/basics/connection';
import { useTrans } from '../../components/basics/context';
import { FactsGuard } from '../../components/basics/facts';
import { useFacts, useSignal } from '../../components/basics/hooks';
import { useShown } from '../../components/basics/visibility';
import { hasTag, toggleTag } from '../../components/jobs/filter';
import { JobGrid } from '../../components/jobgrid/grid';
import { NoJobs, NoMatch } from '../../components/jobs/nojobs';
import { OlderJobs } from '../../components/jobs/older';
import { NOTHING } from '../../components/basics/selection';
import { DeploymentsTable } from '../../components/models/deployments';
import { StateChips } from '../../components/jobgrid/statechips';
import type { JobsPageModel } from './model';

interface IProps {
  model: JobsPageModel;
  commands: CommandRegistry;
}

/** The page “Jobs”: what to show, what to do with the marked ones, and the table. */
export function JobsPageBody(props: IProps): React.JSX.Element {
  const { model, commands } = props;
  const { connection } = model.workbench;
  const jobs = model.workbench.get(IJobs);
  useShown(model);
  useFacts(model);
  useSignal(model.asked);
  return (
    <div className="crispdm-JobsPage">
      <ConnectionBanner connection={connection} />
      <Deployments {...props} />
      <FactsGuard facts={model}>
        {jobs.list.length === 0 ? (
          <NoJobs onRun={() => void commands.execute(JobCommands.runFile)} />
        ) : (
          <>
            <FilterBar model={model} />
            <MarkedBar {...props} />
            <Grid {...props} />
          </>
        )}
      </FactsGuard>
    </div>
  );
}

/** What runs beside the jobs; nothing where no model is deployed. */
function Deployments({ model, commands }: IProps): React.JSX.Element | null {
  const models = model.workbench.get(IModels);
  useFacts(models);
  return models.deployments.length === 0 ? null : (
    <DeploymentsTable
      deployments={models.deployments}
      logUrl={id => models.logUrl(id)}
      onOpen={name => void commands.execute(ModelCommands.open, { name })}
      onStop={id => void commands.execute(ModelCommands.withdraw, { id })}
    />
  );
}

function FilterBar({ model }: { model: JobsPageModel }): React.JSX.Element {
  const trans = useTrans();
  const { text, states } = model.view;
  const onToggle = (state: JobState): void => {
    const isOn = states.includes(state);
    model.setView({ states: isOn ? states.filter(one => one !== state) : [...states, state] });
  };
  const [shown, all] = [model.shown.length, model.workbench.get(IJobs).list.length];
  return (
    <div className="crispdm-Toolbar crispdm-JobsPage-filter">
      <input
        className="crispdm-Input"
        type="search"
        placeholder={trans.__('Search, or tag:x owner:y state:failed env:z')}
        aria-label={trans.__('Search jobs')}
        value={text}
        onChange={event => model.setView({ text: event.target.value })}
      />
      <StateChips counts={model.counts} pressed={states} onToggle={onToggle} />
      <span className="crispdm-Toolbar-note" role="status">
        {shown === all
          ? trans._n('%2 job', '%2 jobs', all, all.toLocaleString())
          : trans.__('%1 of %2 jobs', shown.toLocaleString(), all.toLocaleString())}
      </span>
    </div>
  );
}

/** Keeps its place also when nothing is marked, so that rows do not jump at a click. */
function MarkedBar({ model, commands }: IProps): React.JSX.Element {
  const run = (command: string) => (ids: string[]) => void commands.execute(command, { ids });
  return (
    <div className="crispdm-JobsPage-actions">
      <BulkBar
        marked={model.marked}
        isPending={id => model.workbench.get(IJobs).isPending(id)}
        onStop={run(JobCommands.stop)}
        onDelete={run(JobCommands.remove)}
        onCompare={run(JobCommands.compare)}
        onClear={() => {
          model.selection = NOTHING;
        }}
      />
      <ColumnMenu
        choice={model.view.columns}
        {...model.names}
        onChoice={columns => model.setView({ columns })}
        onOpen={() => model.wantLatest()}
      />
    </div>
  );
}

function Grid({ model, commands }: IProps): React.JSX.Element {
  const jobs = model.workbench.get(IJobs);
  const { text } = model.view;
  const isTagPressed = useCallback((tag: string) => hasTag(text, tag), [text]);
  const onTag = useCallback(
    (tag: string) => model.setView({ text: toggleTag(model.view.text, tag) }),
    [model]
  );
  const onOpen = useCallback(
    (id: string) => void commands.execute(JobCommands.open, { id }),
    [commands]
  );
  const older = (
    <OlderJobs jobs={jobs} onLoad={() => void commands.execute(JobCommands.loadOlder)} />
  );
  if (model.shown.length === 0) {
    return (
      <>
        <NoMatch onShowAll={() => model.setView({ text: '', states: [] })} />
        {older}
      </>
    );
  }
  return (
    <JobGrid
      jobs={model.shown}
      sort={model.view.sort}
      selection={model.selection}
      environmentName={model.nameOf}
      isPending={id => jobs.isPending(id)}
      isTagPressed={isTagPressed}
      latestOf={model.latestOf}
      columns={model.view.columns}
      onColumns={columns => model.setView({ columns })}
      onSort={sort => model.setView({ sort })}
      onSelection={selection => {
        model.selection = selection;
      }}
      onTag={onTag}
      onOpen={onOpen}
      onDelete={() => void commands.execute(JobCommands.remove, { ids: [...model.ids] })}
    >
      {older}
    </JobGrid>
  );
}
