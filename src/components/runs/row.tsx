import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import type { Run } from '../../api';
import { useTrans } from '../basics/context';
import type { SelectMode } from '../basics/selection';
import { modeOf } from '../basics/selection';
import { StateIcon } from '../jobs/state';
import { isNumberField, runStateLabel, textOf, valueOf } from './fields';

/** What a row shows and does. */
export interface IRunRowProps {
  run: Run;
  columns: readonly string[];
  /** The best value in each of the columns; null where there is none. */
  best: readonly (number | null)[];
  index: number;
  isMarked: boolean;
  isActive: boolean;
  onChoose: (mode: SelectMode) => void;
  onFavourite: (run: Run) => void;
  onOpen: (id: string) => void;
}

/** One run in the table. A click chooses it, two open it. */
export function RunRow(props: IRunRowProps): React.JSX.Element {
  const { run, columns, best, index, isMarked, isActive, onChoose, onOpen } = props;
  const trans = useTrans();
  const open = run.kind === 'job' ? () => onOpen(run.id) : undefined;
  return (
    <div
      className="crispdm-JobGrid-row"
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isMarked}
      aria-label={trans.__('%1, %2', run.name, runStateLabel(trans, run.state))}
      data-index={index}
      data-run-id={run.id}
      data-state={run.state}
      tabIndex={isActive ? 0 : -1}
      onClick={event => onChoose(modeOf(event))}
      onDoubleClick={open}
    >
      <div role="gridcell" className="crispdm-JobGrid-check">
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={trans.__('Choose %1', run.name)}
          checked={isMarked}
          onChange={() => undefined}
          onClick={event => {
            event.stopPropagation();
            onChoose(event.shiftKey ? 'range' : 'toggle');
          }}
        />
      </div>
      <Star {...props} />
      <div role="gridcell" className="crispdm-JobGrid-cell" data-column="name">
        <Name run={run} onOpen={open} />
      </div>
      {columns.map((field, at) => (
        <Cell key={field} run={run} field={field} best={best[at]} trans={trans} />
      ))}
    </div>
  );
}

function Star({ run, onFavourite }: IRunRowProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <div role="gridcell" className="crispdm-JobGrid-check">
      <button
        className="crispdm-RunStar"
        tabIndex={-1}
        aria-pressed={run.favourite}
        aria-label={trans.__('%1 is a favourite', run.name)}
        title={trans.__('Favourite')}
        onClick={event => {
          event.stopPropagation();
          onFavourite(run);
        }}
      >
        {run.favourite ? '★' : '☆'}
      </button>
    </div>
  );
}

function Name({ run, onOpen }: { run: Run; onOpen?: () => void }): React.JSX.Element {
  return onOpen ? (
    <button
      className="crispdm-JobGrid-name"
      tabIndex={-1}
      title={`${run.name}\n${run.id}`}
      onClick={event => {
        event.stopPropagation();
        onOpen();
      }}
    >
      {run.name}
    </button>
  ) : (
    <span className="crispdm-mod-cut" title={run.folder || run.name}>
      {run.name}
    </span>
  );
}

function Cell(props: {
  run: Run;
  field: string;
  best: number | null;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { run, field, best, trans } = props;
  const text = textOf(trans, run, field);
  const isBest = best !== null && valueOf(run, field) === best;
  return (
    <div
      role="gridcell"
      className="crispdm-JobGrid-cell"
      data-column={field}
      data-number={isNumberField(field)}
      data-best={isBest || undefined}
    >
      {field === 'state' && run.state !== 'ended' && (
        <span className="crispdm-RunState" aria-hidden="true">
          <StateIcon state={run.state} />
        </span>
      )}
      <span
        className="crispdm-mod-cut"
        title={isBest ? trans.__('%1: the best of the runs shown', text) : text}
      >
        {text}
      </span>
    </div>
  );
}
