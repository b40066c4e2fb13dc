import React from 'react';
import { FactsGuard } from '../../components/basics/facts';
import { Field } from '../../components/basics/field';
import { useFacts } from '../../components/basics/hooks';
import { EnvironmentPicker } from '../../components/environments/picker';
import { IEnvironments } from '../../tokens/environments';
import type { IWorkbench } from '../../tokens/workbench';
import { ReactView } from '../basics/react';

/** A choice of the environments of the server. */
export class EnvironmentPickerView extends ReactView {
  protected body(workbench: IWorkbench): React.ReactElement {
    return (
      <Picker
        environments={workbench.get(IEnvironments)}
        label={this.value('description')}
        value={this.value('value')}
        onChange={value => this.set({ value })}
      />
    );
  }
}

function Picker(props: {
  environments: IEnvironments;
  label: string;
  value: string;
  onChange: (id: string) => void;
}): React.JSX.Element {
  const { environments, label, value, onChange } = props;
  useFacts(environments);
  return (
    <div className="crispdm-EnvironmentPicker">
      <FactsGuard facts={environments}>
        <Field label={label}>
          <EnvironmentPicker environments={environments.list} value={value} onChange={onChange} />
        </Field>
      </FactsGuard>
    </div>
  );
}
