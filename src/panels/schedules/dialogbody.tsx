import { UseSignal } from '@jupyterlab/ui-components';
import React, { useState } from 'react';
import { useTrans } from '../../components/basics/context';
import { useFacts } from '../../components/basics/hooks';
import { RunForm } from '../../components/run/form';
import { ScheduleForm } from '../../components/schedules/form';
import type { ScheduleModel } from './model';

/** When it runs, and below what runs. */
export function ScheduleBody({ model }: { model: ScheduleModel }): React.JSX.Element {
  useFacts(model.environments);
  useFacts(model.jobs);
  return (
    <UseSignal signal={model.changed}>
      {() => (
        <>
          <ScheduleForm
            values={model.values}
            errors={model.errors}
            preview={model.preview}
            onChange={change => model.change(change)}
          />
          <What model={model} />
        </>
      )}
    </UseSignal>
  );
}

/** What runs: out of sight, unless something of it is wrong. */
function What({ model }: { model: ScheduleModel }): React.JSX.Element {
  const trans = useTrans();
  const [isOpen, setIsOpen] = useState(false);
  const isWrong = Object.keys(model.runErrors).length > 0;
  const what = model.run.path || model.run.command;
  return (
    <details
      className="crispdm-More crispdm-ScheduleForm-what"
      open={isOpen || isWrong}
      onToggle={event => setIsOpen(event.currentTarget.open)}
    >
      <summary title={what}>
        {trans.__('What runs: %1 in %2', what, model.environments.nameOf(model.run.environment))}
      </summary>
      <RunForm
        values={model.run}
        errors={model.runErrors}
        environments={model.environments.list}
        jobs={[]}
        onChange={change => model.changeRun(change)}
      />
    </details>
  );
}
