import React from 'react';
import { useTrans } from '../../components/basics/context';
import { Empty } from '../../components/basics/empty';
import type { ILogLook } from '../../components/logs/toolbar';
import { LogView as LogLines } from '../../components/logs/view';
import { IJobs } from '../../tokens/jobs';
import { ILogs } from '../../tokens/logs';
import type { IWorkbench } from '../../tokens/workbench';
import { ReactView } from '../basics/react';
import { useSharedModel } from '../basics/shared';

/** The log of one job. */
export class LogView extends ReactView {
  protected body(workbench: IWorkbench): React.ReactElement {
    return (
      <Log
        workbench={workbench}
        job={this.value('job')}
        height={this.value('height')}
        look={{ times: this.value('times'), folds: this.value('folds') }}
      />
    );
  }
}

function Log(props: {
  workbench: IWorkbench;
  job: string;
  height: number;
  look: ILogLook;
}): React.JSX.Element {
  const { workbench, job, height, look } = props;
  const trans = useTrans();
  const log = useSharedModel(workbench.get(ILogs), job);
  return (
    <section className="crispdm-Card" style={{ height }} aria-label={trans.__('Log')}>
      {log ? (
        <LogLines
          key={`${job} ${look.times} ${look.folds}`}
          log={log}
          downloadUrl={workbench.get(IJobs).logUrl(job)}
          look={look}
        />
      ) : (
        <Empty title={trans.__('Choose a job to see its log.')} />
      )}
    </section>
  );
}
