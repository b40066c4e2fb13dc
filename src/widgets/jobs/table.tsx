import React, { useEffect, useState } from 'react';
import { messageOf } from '../../api';
import { ConnectionBanner } from '../../components/basics/connection';
import { useTrans } from '../../components/basics/context';
import { Empty } from '../../components/basics/empty';
import { FactsGuard } from '../../components/basics/facts';
import { useFacts } from '../../components/basics/hooks';
import { JobTable } from '../../components/jobs/table';
import { DeploymentsTable } from '../../components/models/deployments';
import { IEnvironments } from '../../tokens/environments';
import { IJobs } from '../../tokens/jobs';
import { IModels } from '../../tokens/models';
import type { IWorkbench } from '../../tokens/workbench';
import { ReactView } from '../basics/react';

/** The jobs of the server. */
export class JobTableView extends ReactView {
  protected body(workbench: IWorkbench): React.ReactElement {
    return (
      <Jobs
        workbench={workbench}
        selected={this.value('selected')}
        followNewest={this.value('follow_newest')}
        controls={this.value('controls')}
        height={this.value('height')}
        onSelect={selected => this.set({ selected })}
      />
    );
  }
}

interface IJobsProps {
  workbench: IWorkbench;
  selected: string;
  followNewest: boolean;
  controls: boolean;
  height: number;
  onSelect: (id: string) => void;
}

function Jobs(props: IJobsProps): React.JSX.Element {
  const { workbench, selected, followNewest, controls, height, onSelect } = props;
  const jobs = workbench.get(IJobs);
  const environments = workbench.get(IEnvironments);
  const models = workbench.get(IModels);
  const trans = useTrans();
  const [refusal, setRefusal] = useState('');
  const stop = (id: string): void => {
    setRefusal('');
    jobs.stop(id).catch(reason => setRefusal(messageOf(reason)));
  };
  useFacts(jobs);
  useFacts(environments);
  useFacts(models);
  const newest = jobs.list[0]?.id ?? '';
  useEffect(() => {
    if (followNewest && newest && (!selected || !jobs.get(selected))) {
      onSelect(newest);
    }
  }, [followNewest, newest, selected, jobs, onSelect]);
  return (
    <section className="crispdm-Card" style={{ maxHeight: height }} aria-label={trans.__('Jobs')}>
      <ConnectionBanner connection={workbench.connection} />
      {refusal && (
        <p className="crispdm-Error" role="alert">
          {refusal}
        </p>
      )}
      {models.deployments.length > 0 && <DeploymentsTable deployments={models.deployments} />}
      <FactsGuard facts={jobs}>
        {jobs.list.length === 0 ? (
          <Empty title={trans.__('No jobs yet.')}>
            {trans.__('A job that a colleague starts appears here by itself.')}
          </Empty>
        ) : (
          <JobTable
            jobs={jobs.list}
            selected={selected}
            environmentName={id => environments.nameOf(id)}
            isPending={id => jobs.isPending(id)}
            onOpen={onSelect}
            {...(controls && { onStop: stop })}
          />
        )}
      </FactsGuard>
    </section>
  );
}
