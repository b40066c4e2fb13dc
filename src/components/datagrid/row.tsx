import React from 'react';
import type { SelectMode } from '../basics/selection';
import { modeOf } from '../basics/selection';

/** Where a row stands, and whether it is chosen: what the grid knows of it. */
export interface IGridPlace {
  index: number;
  isMarked: boolean;
  /** Whether some of those below it are chosen, but not all. */
  isPartly: boolean;
  isActive: boolean;
  onChoose: (id: string, mode: SelectMode) => void;
}

/** What a row shows and does. */
export interface IGridRowProps extends IGridPlace {
  id: string;
  /** How it is read aloud, and what its box is called. */
  label: string;
  boxLabel: string;
  className?: string;
  state?: string;
  isPending?: boolean;
  /** In a tree: how deep it stands, and whether those below it are shown. */
  level?: number;
  isExpanded?: boolean;
  /** The job that the row stands for, whose menu the right button opens; the run that it stands for. */
  jobId?: string;
  runId?: string;
  onOpen?: () => void;
  children: React.ReactNode;
}

/** One row of a grid: a box and the cells. A click chooses it, two open it. */
export function GridRow(props: IGridRowProps): React.JSX.Element {
  const { id, index, isMarked, isActive, className = '', onChoose } = props;
  return (
    <div
      className={`crispdm-DataGrid-row ${className}`.trim()}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isMarked}
      aria-busy={props.isPending}
      aria-level={props.level}
      aria-expanded={props.isExpanded}
      aria-label={props.label}
      data-index={index}
      data-id={id}
      data-job-id={props.jobId}
      data-run-id={props.runId}
      data-state={props.state}
      tabIndex={isActive ? 0 : -1}
      onClick={event => onChoose(id, modeOf(event))}
      onDoubleClick={props.onOpen}
    >
      <div role="gridcell" className="crispdm-DataGrid-check">
        <Box {...props} />
      </div>
      {props.children}
    </div>
  );
}

function Box({ id, boxLabel, isMarked, isPartly, onChoose }: IGridRowProps): React.JSX.Element {
  return (
    <input
      type="checkbox"
      tabIndex={-1}
      aria-label={boxLabel}
      checked={isMarked}
      ref={box => {
        if (box) {
          box.indeterminate = isPartly;
        }
      }}
      onChange={() => undefined}
      onClick={event => {
        event.stopPropagation();
        onChoose(id, event.shiftKey ? 'range' : 'toggle');
      }}
      onDoubleClick={event => event.stopPropagation()}
    />
  );
}

/** One cell of a row. */
export function GridCell(props: {
  column: string;
  isNumber?: boolean;
  isBest?: boolean;
  children: React.ReactNode;
}): React.JSX.Element {
  const { column, isNumber, isBest, children } = props;
  return (
    <div
      role="gridcell"
      className="crispdm-DataGrid-cell"
      data-column={column}
      data-number={isNumber}
      data-best={isBest || undefined}
    >
      {children}
    </div>
  );
}
