import React, { useState } from 'react';
import { isFinal, messageOf } from '../../api';
import { useTrans } from '../../components/basics/context';
import { useFacts } from '../../components/basics/hooks';
import { Trouble } from '../../components/basics/trouble';
import { hasEpochs, reach } from '../../components/curves/axis';
import { CurveTools } from '../../components/curves/toolbar';
import type { AxisKind, ICurvesView } from '../../components/curves/view';
import { after } from '../../components/curves/view';
import { DiagnosisLine } from '../../components/diagnosis/diagnosis';
import type { IDiagnosis } from '../../tokens/diagnosis';
import { IDiagnosisOfJobs } from '../../tokens/diagnosis';
import { IJobs } from '../../tokens/jobs';
import type { IMetrics } from '../../tokens/metrics';
import type { IWorkbench } from '../../tokens/workbench';
import { useSharedModel } from '../basics/shared';

/** bqplot has no axis of moments that grows. */
const AXES: readonly AxisKind[] = ['step', 'elapsed', 'epoch'];
/** Milliseconds between two looks at what the runs have: whether they are over, or know epochs. */
const READABLE = 1000;

/** What stands above the figures of a training plot. */
export interface IPlotToolsProps {
  workbench: IWorkbench;
  /** The jobs that are shown. */
  jobs: readonly string[];
  metrics: readonly IMetrics[];
  view: ICurvesView;
  onView: (change: Partial<ICurvesView>) => void;
  /** Whether a training can be ended here. */
  hasControls: boolean;
}

/** How the curves are drawn, what they say, and an end to a training that has seen its best. */
export function PlotTools(props: IPlotToolsProps): React.JSX.Element | null {
  const { workbench, jobs, metrics } = props;
  const diagnosis = useSharedModel<IDiagnosis>(
    workbench.get(IDiagnosisOfJobs),
    jobs.length === 1 ? jobs[0] : ''
  );
  return metrics.length === 0 ? null : (
    <>
      <Tools {...props} />
      {diagnosis && <DiagnosisLine model={diagnosis} />}
    </>
  );
}

function Tools(props: IPlotToolsProps): React.JSX.Element {
  const { workbench, jobs, metrics, view, onView, hasControls } = props;
  useFacts(metrics[0], READABLE);
  const runs = metrics.map(({ series }) => series);
  return (
    <CurveTools
      view={view}
      onView={onView}
      onMove={move => {
        const ends = reach(view.axis, runs);
        if (ends !== null) {
          onView({ range: after(move, view.range, ends) });
        }
      }}
      isLive={metrics.some(one => !one.isEnded)}
      hasEpochs={runs.some(hasEpochs)}
      isMany={false}
      axes={AXES}
    >
      {hasControls && jobs.length === 1 && <StopButton workbench={workbench} job={jobs[0]} />}
    </CurveTools>
  );
}

/** Ends a training that runs, and makes what it kept at its best point its result. */
function StopButton(props: { workbench: IWorkbench; job: string }): React.JSX.Element | null {
  const { workbench, job } = props;
  const jobs = workbench.get(IJobs);
  const trans = useTrans();
  const [trouble, setTrouble] = useState('');
  useFacts(jobs);
  const found = jobs.get(job);
  if (!found || isFinal(found.state) || found.state === 'stopping') {
    return null;
  }
  return (
    <>
      <button
        type="button"
        className="crispdm-Button"
        disabled={jobs.isPending(job)}
        title={trans.__('End the training, and keep what it had at its best point')}
        onClick={() => {
          setTrouble('');
          jobs
            .stop(job, undefined, 'best')
            .catch((reason: unknown) => setTrouble(messageOf(reason)));
        }}
      >
        {trans.__('Stop, keep best')}
      </button>
      {trouble !== '' && <Trouble text={trouble} />}
    </>
  );
}
