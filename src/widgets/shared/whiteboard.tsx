import type { ReactElement } from 'react';
import React, { useCallback, useEffect, useState } from 'react';
import type { Visitor } from '../../api/state';
import { useFacts } from '../../components/basics/hooks';
import { useShown } from '../../components/basics/visibility';
import { keyOf } from '../../components/shared/keys';
import { useMe } from '../../components/shared/useme';
import { Board } from '../../components/shared/whiteboard/board';
import type { ICursor } from '../../components/shared/whiteboard/cursors';
import type { Spot } from '../../components/shared/whiteboard/surface';
import { Whiteboard } from '../../components/shared/whiteboard/whiteboard';
import { IPresence, IStates } from '../../tokens/state';
import { ISnapshots } from '../../tokens/snapshots';
import type { IWorkbench } from '../../tokens/workbench';
import { ReactView } from '../basics/react';
import { saveAs } from '../../components/basics/browser/saveas';

/** A board on which everybody draws. */
export class WhiteboardView extends ReactView {
  protected body(workbench: IWorkbench): ReactElement {
    const name = this.value<string>('name');
    return (
      <SharedBoard
        key={name}
        name={name}
        title={this.value<string>('title') || name}
        states={workbench.get(IStates)}
        presence={workbench.get(IPresence)}
        snapshots={workbench.get(ISnapshots)}
      />
    );
  }
}

function SharedBoard(props: {
  name: string;
  title: string;
  states: IStates;
  presence: IPresence;
  snapshots: ISnapshots;
}): React.JSX.Element | null {
  const { name, title, states, presence, snapshots } = props;
  const me = useMe(() => snapshots.me());
  const board = useBoard(states, name);
  useShown(presence);
  useFacts(presence);
  const key = keyOf(name);
  const onPoint = useCallback(
    (spot: Spot | null) => presence.move({ cursor: spot, selection: spot && { board: key } }),
    [presence, key]
  );
  return (
    board && (
      <Whiteboard
        board={board}
        title={title}
        me={me}
        cursors={cursorsOn(key, presence.others)}
        onPoint={onPoint}
        onSave={picture => saveAs(picture, `${title}.png`)}
      />
    )
  );
}

/** A board as long as it is looked at; null in the moment before. */
function useBoard(states: IStates, name: string): Board | null {
  const [board, setBoard] = useState<Board | null>(null);
  useEffect(() => {
    const made = new Board(states, name);
    setBoard(made);
    return () => made.dispose();
  }, [states, name]);
  return board;
}

/** The pointers of those who are on a board. */
function cursorsOn(board: string, others: readonly Visitor[]): readonly ICursor[] {
  return others.flatMap(({ session, user, color, cursor, selection }) => {
    const isHere = (selection as { board?: unknown } | null)?.board === board;
    const [x, y] = cursor ?? [];
    const isShown = isHere && x !== undefined && y !== undefined;
    return isShown ? [{ session, name: user, color, spot: [x, y] as const }] : [];
  });
}
