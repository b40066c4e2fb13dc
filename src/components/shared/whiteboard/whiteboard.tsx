import React, { useState } from 'react';
import { useTrans } from '../../basics/context';
import { useFacts } from '../../basics/hooks';
import type { Board } from './board';
import type { ICursor } from './cursors';
import { Cursors } from './cursors';
import { pictureOf } from './paint';
import type { Spot } from './surface';
import { Surface } from './surface';
import type { ITool } from './tools';
import { BoardTools, USUAL_TOOL } from './tools';

/** A board on which everybody draws, with the pointers of the others. */
export function Whiteboard(props: {
  board: Board;
  title: string;
  me: string;
  cursors: readonly ICursor[];
  onPoint: (spot: Spot | null) => void;
  onSave: (picture: Blob) => void;
}): React.JSX.Element {
  const { board, title, me, cursors, onPoint, onSave } = props;
  const trans = useTrans();
  useFacts(board);
  const [tool, setTool] = useState<ITool>(USUAL_TOOL);
  const save = async (): Promise<void> => {
    const picture = await pictureOf(board.pieces());
    if (picture) {
      onSave(picture);
    }
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'z' && (event.ctrlKey || event.metaKey) && !event.shiftKey) {
      event.preventDefault();
      board.undo(me);
    }
  };
  return (
    <section className="crispdm-Card crispdm-Board" aria-label={title} onKeyDown={onKeyDown}>
      <h3 className="crispdm-Board-title" title={title}>
        {title}
      </h3>
      <BoardTools
        tool={tool}
        isEmpty={board.isEmpty}
        canUndo={board.newestOf(me) !== ''}
        onTool={setTool}
        onUndo={() => board.undo(me)}
        onClear={() => void board.clear()}
        onSave={() => void save()}
      />
      {board.error && (
        <p className="crispdm-Error" role="alert">
          {board.error}
        </p>
      )}
      <div className="crispdm-Board-paper">
        <Surface board={board} tool={tool} me={me} onPoint={onPoint} />
        {(!board.isReady || me === '') && !board.error && (
          <p className="crispdm-Board-note">{trans.__('Loading…')}</p>
        )}
        {board.isReady && me !== '' && !board.error && board.isEmpty && (
          <p className="crispdm-Board-note">
            {trans.__('Nothing is drawn yet. What you draw, everybody sees.')}
          </p>
        )}
        <Cursors cursors={cursors} />
      </div>
    </section>
  );
}
