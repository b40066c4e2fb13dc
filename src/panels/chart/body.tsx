import React from 'react';
import { ConnectionBanner } from '../../components/basics/connection';
import { useSignal } from '../../components/basics/hooks';
import { Curves } from '../../components/curves/curves';
import type { ChartModel } from './model';

/** One chart of a job, as large as its tab. */
export function ChartBody({ model }: { model: ChartModel }): React.JSX.Element {
  useSignal(model.viewChanged);
  return (
    <div className="crispdm-ChartPage">
      <ConnectionBanner connection={model.workbench.connection} />
      <Curves
        metrics={model.metrics}
        view={model.view}
        onView={change => model.setView(change)}
        alone={model.group}
      />
    </div>
  );
}
