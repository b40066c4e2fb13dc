import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import { CommandIDs } from '../commandids';
import { EnvironmentList } from '../components/environmentlist';
import { FactsGuard } from '../components/facts';
import { useFacts } from '../components/hooks';
import type { IEnvironments } from '../tokens';

/** The environments section. */
export function EnvironmentsBody(props: {
  environments: IEnvironments;
  commands: CommandRegistry;
}): React.JSX.Element {
  const { environments, commands } = props;
  useFacts(environments);
  return (
    <FactsGuard facts={environments}>
      <EnvironmentList
        environments={environments.list}
        onMakeKernel={id => void commands.execute(CommandIDs.makeKernel, { id })}
      />
    </FactsGuard>
  );
}
