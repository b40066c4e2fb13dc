import { UseSignal } from '@jupyterlab/ui-components';
import React from 'react';
import { ConnectionBanner } from '../../components/basics/connection';
import { FactsGuard } from '../../components/basics/facts';
import { useFact } from '../../components/basics/hooks';
import { Monitor } from '../../components/monitor/monitor';
import type { StreamPageModel } from './model';

/** The monitor of a stream, as a page of Lab. */
export function StreamPageBody({ model }: { model: StreamPageModel }): React.JSX.Element {
  const { streams, monitor, workbench } = model;
  useFact(streams, () => `${streams.isReady} ${streams.error}`);
  const mayControl = useFact(streams, () => streams.mayControl);
  return (
    <div className="crispdm-StreamPage">
      <ConnectionBanner connection={workbench.connection} />
      <FactsGuard facts={streams}>
        <UseSignal signal={model.viewChanged}>
          {() => (
            <Monitor
              monitor={monitor}
              period={model.view.period}
              onPeriod={period => model.setView({ period })}
              hasControls
              mayControl={mayControl}
            />
          )}
        </UseSignal>
      </FactsGuard>
    </div>
  );
}
