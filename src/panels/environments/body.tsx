import type { CommandRegistry } from '@lumino/commands';
import React, { useCallback } from 'react';
import { EnvironmentCommands } from '../../tokens/environments';
import { EnvironmentList } from '../../components/environments/list';
import { FactsGuard } from '../../components/basics/facts';
import { useFacts } from '../../components/basics/hooks';
import type { IEnvironments } from '../../tokens/environments';

/** The environments section. */
export function EnvironmentsBody(props: {
  environments: IEnvironments;
  commands: CommandRegistry;
}): React.JSX.Element {
  const { environments, commands } = props;
  useFacts(environments);
  const makeKernel = useCallback(
    (id: string) => void commands.execute(EnvironmentCommands.makeKernel, { id }),
    [commands]
  );
  return (
    <FactsGuard facts={environments}>
      <EnvironmentList
        environments={environments.list}
        isPending={id => environments.isPending(id)}
        onMakeKernel={makeKernel}
        onCreate={() => void commands.execute(EnvironmentCommands.create)}
      />
    </FactsGuard>
  );
}
