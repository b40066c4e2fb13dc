import React from 'react';
import { useTrans } from '../../components/basics/context';
import { Empty } from '../../components/basics/empty';
import { MediaView as Kept } from '../../components/media/view';
import { IMediaOfJobs } from '../../tokens/metrics';
import type { IWorkbench } from '../../tokens/workbench';
import { ReactView } from '../basics/react';
import { useSharedModel } from '../basics/shared';

/** What one job keeps with a step: pictures, histograms, texts, tables, figures. */
export class MediaView extends ReactView {
  protected body(workbench: IWorkbench): React.ReactElement {
    return (
      <Media
        workbench={workbench}
        job={this.value('job')}
        names={this.value('names')}
        height={this.value('height')}
      />
    );
  }
}

function Media(props: {
  workbench: IWorkbench;
  job: string;
  names: readonly string[];
  height: number;
}): React.JSX.Element {
  const { workbench, job, names, height } = props;
  const trans = useTrans();
  const media = useSharedModel(workbench.get(IMediaOfJobs), job);
  return (
    <section
      className="crispdm-Card crispdm-mod-scroll"
      style={{ maxHeight: height }}
      aria-label={trans.__('Pictures and tables')}
    >
      {media ? (
        <Kept key={job} model={media} names={names} />
      ) : (
        <Empty title={trans.__('Choose a job to see its pictures and tables.')} />
      )}
    </section>
  );
}
