import { UseSignal } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import { CommandIDs } from '../../commandids';
import { useTrans } from '../../components/context';
import { Empty } from '../../components/empty';
import { FactsGuard } from '../../components/facts';
import { useFacts } from '../../components/hooks';
import { JobTable } from '../../components/jobtable';
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
            <NoJobs commands={commands} />
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
        <Empty
          title={trans.__('No job matches.')}
          action={{
            label: trans.__('Show all'),
            run: () => {
              model.filter = '';
            }
          }}
        />
      ) : (
        <JobTable
          jobs={jobs}
          selected={model.selected}
          environmentName={id => model.environments.nameOf(id)}
          isPending={id => model.jobs.isPending(id)}
          onOpen={id => void commands.execute(CommandIDs.openJob, { id })}
          onStop={id => void commands.execute(CommandIDs.stopJob, { id })}
        />
      )}
    </>
  );
}

function NoJobs({ commands }: { commands: CommandRegistry }): React.JSX.Element {
  const trans = useTrans();
  return (
    <Empty
      title={trans.__('No jobs yet.')}
      action={{
        label: trans.__('Run a file as a job'),
        run: () => void commands.execute(CommandIDs.runFile)
      }}
    >
      {trans.__(
        'A job runs a script or notebook in an environment of your choice, and goes on when you close the page. Right-click a .py or .ipynb file and choose “Run as Job…”.'
      )}
    </Empty>
  );
}
