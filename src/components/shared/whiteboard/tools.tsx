import React, { useEffect, useId, useRef, useState } from 'react';
import { useTrans } from '../../basics/context';
import { ERASER, INKS, WIDTHS } from './marks';

/** What one draws with. */
export interface ITool {
  readonly ink: number;
  readonly width: number;
}

export const USUAL_TOOL: ITool = { ink: 0, width: WIDTHS[0] };

/** Everything that can be done with a board, but for drawing itself. */
export function BoardTools(props: {
  tool: ITool;
  isEmpty: boolean;
  canUndo: boolean;
  onTool: (tool: ITool) => void;
  onUndo: () => void;
  onClear: () => void;
  onSave: () => void;
}): React.JSX.Element {
  const { tool, isEmpty, canUndo, onTool, onUndo, onClear, onSave } = props;
  const trans = useTrans();
  const [isAsked, setIsAsked] = useState(false);
  if (isAsked && !isEmpty) {
    return <Question onKeep={() => setIsAsked(false)} onClear={onClear} />;
  }
  return (
    <div
      className="crispdm-Toolbar crispdm-Board-tools"
      role="toolbar"
      aria-label={trans.__('Draw')}
    >
      <Inks tool={tool} onTool={onTool} />
      <Widths tool={tool} onTool={onTool} />
      <span className="crispdm-Board-deeds">
        <button className="crispdm-Button" disabled={!canUndo} onClick={onUndo}>
          {trans.__('Undo')}
        </button>
        <button className="crispdm-Button" disabled={isEmpty} onClick={() => setIsAsked(true)}>
          {trans.__('Clear…')}
        </button>
        <button className="crispdm-Button" disabled={isEmpty} onClick={onSave}>
          {trans.__('Save as PNG')}
        </button>
      </span>
    </div>
  );
}

interface IChoiceProps {
  tool: ITool;
  onTool: (tool: ITool) => void;
}

function Inks({ tool, onTool }: IChoiceProps): React.JSX.Element {
  const trans = useTrans();
  const names = [
    trans.__('Black'),
    trans.__('Red'),
    trans.__('Orange'),
    trans.__('Green'),
    trans.__('Blue'),
    trans.__('Violet')
  ];
  const choices = [
    ...INKS.map((_, ink) => [ink, names[ink]] as const),
    [ERASER, trans.__('Eraser')]
  ];
  return (
    <Choice
      label={trans.__('Color')}
      value={tool.ink}
      choices={choices as [number, string][]}
      onChoose={ink => onTool({ ...tool, ink })}
      draw={ink => (
        <span
          className="crispdm-Board-ink"
          data-eraser={ink === ERASER || undefined}
          style={ink === ERASER ? undefined : { background: INKS[ink] }}
        />
      )}
    />
  );
}

function Widths({ tool, onTool }: IChoiceProps): React.JSX.Element {
  const trans = useTrans();
  const names = [trans.__('Thin'), trans.__('Medium'), trans.__('Thick')];
  return (
    <Choice
      label={trans.__('Width')}
      value={tool.width}
      choices={WIDTHS.map((width, at) => [width, names[at]])}
      onChoose={width => onTool({ ...tool, width })}
      draw={width => <span className="crispdm-Board-width" style={{ height: 2 + width / 3 }} />}
    />
  );
}

/** One of several numbers, each with its picture: radio buttons, so that arrow keys go through them. */
function Choice(props: {
  label: string;
  value: number;
  choices: readonly (readonly [number, string])[];
  onChoose: (value: number) => void;
  draw: (value: number) => React.JSX.Element;
}): React.JSX.Element {
  const { label, value, choices, onChoose, draw } = props;
  const id = useId();
  return (
    <fieldset className="crispdm-Board-choice">
      <legend>{label}</legend>
      {choices.map(([one, name]) => (
        <label key={one} title={name}>
          <input
            type="radio"
            name={id}
            aria-label={name}
            checked={one === value}
            onChange={() => onChoose(one)}
          />
          {draw(one)}
        </label>
      ))}
    </fieldset>
  );
}

/** Nobody wipes away by accident what others have drawn. */
function Question(props: { onKeep: () => void; onClear: () => void }): React.JSX.Element {
  const { onKeep, onClear } = props;
  const trans = useTrans();
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => keep.current?.focus(), []);
  const clear = (): void => {
    onKeep();
    onClear();
  };
  return (
    <div
      className="crispdm-Toolbar crispdm-Board-tools"
      role="group"
      aria-label={trans.__('Clear the board?')}
      onKeyDown={event => event.key === 'Escape' && onKeep()}
    >
      <span>{trans.__('Clear the board for everybody? It cannot be brought back.')}</span>
      <button className="crispdm-Button crispdm-mod-warn" onClick={clear}>
        {trans.__('Clear it')}
      </button>
      <button className="crispdm-Button" ref={keep} onClick={onKeep}>
        {trans.__('Keep it')}
      </button>
    </div>
  );
}
