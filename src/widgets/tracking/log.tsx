import React from 'react';
import { useTrans } from '../../components/basics/context';
import { Empty } from '../../components/basics/empty';
import { LogView as LogLines } from '../../components/logs/view';
import { IJobs } from '../../tokens/jobs';
import { ILogs } from '../../tokens/logs';
import type { IWorkbench } from '../../tokens/workbench';
import { ReactView } from '../basics/react';
import { useSharedModel } from '../basics/shared';

/** The log of one job. */
export class LogView extends ReactView {
  protected body(workbench: IWorkbench): React.ReactElement {
    return <Log workbench={workbench} job={this.value('job')} height={this.value('height')} />;
  }
}

function Log(props: { workbench: IWorkbench; job: string; height: number }): React.JSX.Element {
  const { workbench, job, height } = props;
  const trans = useTrans();
  const log = useSharedModel(workbench.get(ILogs), job);
  return (
    <section className="crispdm-Card" style={{ height }} aria-label={trans.__('Log')}>
      {log ? (
        <LogLines key={job} log={log} downloadUrl={workbench.get(IJobs).logUrl(job)} />
      ) : (
        <Empty title={trans.__('Choose a job to see its log.')} />
      )}
    </section>
  );
}
