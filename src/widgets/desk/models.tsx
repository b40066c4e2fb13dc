import React, { useState } from 'react';
import { messageOf } from '../../api';
import { useTrans } from '../../components/basics/context';
import { FactsGuard } from '../../components/basics/facts';
import { useFacts } from '../../components/basics/hooks';
import { ModelList } from '../../components/models/list';
import { IModels } from '../../tokens/models';
import type { IWorkbench } from '../../tokens/workbench';
import { ReactView } from '../basics/react';

/** The registered models and where they are deployed. */
export class ModelTableView extends ReactView {
  protected body(workbench: IWorkbench): React.ReactElement {
    return <Models models={workbench.get(IModels)} controls={this.value('controls')} />;
  }
}

function Models(props: { models: IModels; controls: boolean }): React.JSX.Element {
  const { models, controls } = props;
  const trans = useTrans();
  const [refusal, setRefusal] = useState('');
  useFacts(models);
  const attempt = (command: Promise<void>): void => {
    setRefusal('');
    command.catch((reason: unknown) => setRefusal(messageOf(reason)));
  };
  const commands = {
    onDeploy: ({ name, version }: { name: string; version: number }) =>
      attempt(models.deploy(name, version)),
    onUndeploy: ({ id }: { id: string }) => attempt(models.undeploy(id))
  };
  return (
    <section className="crispdm-Card crispdm-ModelTable" aria-label={trans.__('Models')}>
      {refusal && (
        <p className="crispdm-Error" role="alert">
          {refusal}
        </p>
      )}
      <FactsGuard facts={models}>
        <ModelList
          models={models}
          versions={models.list.flatMap(model => model.versions)}
          {...(controls && commands)}
        />
      </FactsGuard>
    </section>
  );
}
