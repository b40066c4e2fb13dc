import type { ReactElement } from 'react';
import React from 'react';
import { useFacts } from '../../components/basics/hooks';
import { useShown } from '../../components/basics/visibility';
import { PresenceBar } from '../../components/shared/presence/bar';
import { IPresence } from '../../tokens/state';
import type { IWorkbench } from '../../tokens/workbench';
import { ReactView } from '../basics/react';

/** Who is here, on which page; a click follows them. */
export class PresenceView extends ReactView {
  protected body(workbench: IWorkbench): ReactElement {
    return <Presence presence={workbench.get(IPresence)} />;
  }
}

export function Presence({ presence }: { presence: IPresence }): React.JSX.Element {
  useShown(presence);
  useFacts(presence);
  const { others, isReady, following } = presence;
  return (
    <PresenceBar
      others={others}
      isReady={isReady}
      following={following}
      onFollow={session => presence.follow(session)}
    />
  );
}
