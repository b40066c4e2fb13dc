import type { ReactElement } from 'react';
import React, { useEffect } from 'react';
import { SharedTextArea } from '../../components/shared/text/area';
import { seed } from '../../components/shared/text/seed';
import { useSharedText } from '../../components/shared/text/usesharedtext';
import { IStates } from '../../tokens/state';
import type { IWorkbench } from '../../tokens/workbench';
import { ReactView } from '../basics/react';

/** A text that everybody writes together. */
export class SharedTextView extends ReactView {
  protected body(workbench: IWorkbench): ReactElement {
    const name = this.value<string>('key');
    return (
      <SharedText
        key={name}
        states={workbench.get(IStates)}
        name={name}
        label={this.value('description')}
        placeholder={this.value('placeholder')}
        rows={this.value('rows')}
        start={this.value('start')}
      />
    );
  }
}

/** The text of a key, with what stands in it before anybody has written. */
export function SharedText(props: {
  states: IStates;
  name: string;
  label: string;
  placeholder?: string;
  rows?: number;
  start?: string;
}): React.JSX.Element {
  const { states, name, start = '', ...area } = props;
  const { shared, error } = useSharedText(states, name);
  const isReady = shared?.isReady ?? false;
  useEffect(() => {
    if (isReady && shared && start) {
      void seed(shared.doc, 'text', start);
    }
  }, [isReady, shared, start]);
  return <SharedTextArea {...area} shared={shared} error={error} />;
}
