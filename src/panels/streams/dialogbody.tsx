import { UseSignal } from '@jupyterlab/ui-components';
import React from 'react';
import { useFacts } from '../../components/basics/hooks';
import { StreamForm } from '../../components/streams/form';
import type { NewStreamModel } from './formmodel';

const PAUSE = 500;

/** The form of a new stream. */
export function NewStreamBody({ model }: { model: NewStreamModel }): React.JSX.Element {
  useFacts(model.streams, PAUSE);
  return (
    <UseSignal signal={model.changed}>
      {() => (
        <StreamForm
          values={model.values}
          errors={model.errors}
          streams={model.streams.list}
          trial={model.trial}
          isTrying={model.isTrying}
          onChange={change => model.change(change)}
          onTry={() => void model.try()}
        />
      )}
    </UseSignal>
  );
}
