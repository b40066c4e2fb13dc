import { UseSignal } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import { JobCommands } from '../../tokens/jobs';
import { useTrans } from '../../components/basics/context';
import { FactsGuard } from '../../components/basics/facts';
import { useFacts } from '../../components/basics/hooks';
import { JobTable } from '../../components/jobs/table';
import { NoJobs, NoMatch } from '../../components/jobs/nojobs';
import { OlderJobs } from '../../components/jobs/older';
import type { JobsPanelModel } from './model';

/** The jobs section: a filter over a table. */
export function JobsBody(props: {
  model: JobsPanelModel;
  commands: CommandRegistry;
}): React.JSX.Element {
  const { model, commands } = props;
  useFacts(model.jobs);
  useFacts(model.environments);
  return (
    <UseSignal signal={model.changed}>
      {() => (
        <FactsGuard facts={model.jobs}>
          {model.jobs.list.length === 0 ? (
            <NoJobs onRun={() => void commands.execute(JobCommands.runFile)} />
          ) : (
            <FilteredJobs model={model} commands={commands} />
          )}
        </FactsGuard>
      )}
    </UseSignal>
  );
}

function FilteredJobs(props: {
  model: JobsPanelModel;
  commands: CommandRegistry;
}): React.JSX.Element {
  const { model, commands } = props;
  const trans = useTrans();
  const jobs = model.shown;
  return (
    <>
      <input
        className="crispdm-Input crispdm-Filter"
        type="search"
        placeholder={trans.__('Name, state, environment…')}
        aria-label={trans.__('Filter jobs')}
        value={model.filter}
        onChange={event => {
          model.filter = event.target.value;
        }}
      />
      {jobs.length === 0 ? (
        <NoMatch
          onShowAll={() => {
            model.filter = '';
          }}
        />
      ) : (
        <JobTable
          jobs={jobs}
          selected={model.selected}
          environmentName={id => model.environments.nameOf(id)}
          isPending={id => model.jobs.isPending(id)}
          onOpen={id => void commands.execute(JobCommands.open, { id, preview: true })}
          onKeep={id => void commands.execute(JobCommands.open, { id })}
          onStop={id => void commands.execute(JobCommands.stop, { id })}
        />
      )}
      <OlderJobs jobs={model.jobs} onLoad={() => void commands.execute(JobCommands.loadOlder)} />
    </>
  );
}
