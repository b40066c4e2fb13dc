import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import type { ModelVersion } from '../../api';
import { ModelCommands } from '../../tokens/models';
import { FactsGuard } from '../../components/basics/facts';
import { useFacts } from '../../components/basics/hooks';
import { ModelList } from '../../components/models/list';
import type { IModels } from '../../tokens/models';

/** The models section: all versions, or those of one job. */
export function ModelsBody(props: {
  models: IModels;
  commands: CommandRegistry;
  job?: string;
}): React.JSX.Element {
  const { models, commands, job } = props;
  useFacts(models);
  return (
    <FactsGuard facts={models}>
      <ModelList
        models={models}
        versions={versionsOf(models, job)}
        onDeploy={({ name, version }) =>
          void commands.execute(ModelCommands.deploy, { name, version })
        }
        onOpen={name => void commands.execute(ModelCommands.open, { name })}
        onUndeploy={({ id }) => void commands.execute(ModelCommands.withdraw, { id })}
      />
    </FactsGuard>
  );
}

/** Every registered version, or those that one job made. */
export function versionsOf(models: IModels, job?: string): ModelVersion[] {
  const all = models.list.flatMap(model => model.versions);
  return job === undefined ? all : all.filter(version => version.job === job);
}
