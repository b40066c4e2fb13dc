import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import { FactsGuard } from '../../components/basics/facts';
import { useFacts } from '../../components/basics/hooks';
import { StreamList } from '../../components/streams/list';
import type { IStreams } from '../../tokens/streams';
import { StreamCommands } from '../../tokens/streams';

/** Milliseconds between two drawings: rates change all the time. */
const PAUSE = 500;

/** The streams section of the side panel. */
export function StreamsBody(props: {
  streams: IStreams;
  commands: CommandRegistry;
}): React.JSX.Element {
  const { streams, commands } = props;
  useFacts(streams, PAUSE);
  const execute = (command: string) => (id: string) => void commands.execute(command, { id });
  return (
    <FactsGuard facts={streams}>
      <StreamList
        streams={streams.list}
        now={Date.now()}
        isPending={id => streams.isPending(id)}
        onAdd={() => void commands.execute(StreamCommands.create)}
        onOpen={execute(StreamCommands.open)}
        onStart={execute(StreamCommands.start)}
        onStop={execute(StreamCommands.stop)}
        onDelete={execute(StreamCommands.remove)}
      />
    </FactsGuard>
  );
}
