import React from 'react';
import type { Work } from '../../api';
import { useTrans } from '../basics/context';
import { Empty } from '../basics/empty';
import { formatBytes, formatMoment } from '../basics/format';
import { stepTo, useVirtualRows } from '../basics/virtualrows';
import { keyOf } from './shelf';

const ROW = 36;

interface IWorkTableProps {
  works: readonly Work[];
  /** The key of the chosen one; empty for none. */
  chosen: string;
  isOwn: (work: Work) => boolean;
  onChoose: (work: Work) => void;
  onLoad: (work: Work) => void;
  onShare: (work: Work, isShared: boolean) => void;
}

/** What is saved, saved last first. Arrow keys choose, Enter and two clicks load. */
export function WorkTable(props: IWorkTableProps): React.JSX.Element {
  const { works, chosen, onChoose, onLoad } = props;
  const trans = useTrans();
  const at = works.findIndex(work => keyOf(work) === chosen);
  const { scroller, rows, focusRow } = useVirtualRows({
    count: works.length,
    height: ROW,
    head: ROW,
    kept: at,
    keyOf: index => keyOf(works[index])
  });
  if (works.length === 0) {
    return (
      <Empty title={trans.__('Nothing is saved under a name yet.')}>
        {trans.__(
          '“Save as…” keeps what all pages hold now. What colleagues share stands here too.'
        )}
      </Empty>
    );
  }
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const next = stepTo(event.key, at, works.length);
    if (next !== null) {
      event.preventDefault();
      onChoose(works[next]);
      focusRow(next);
    } else if (event.key === 'Enter' && works[at]) {
      onLoad(works[at]);
    }
  };
  return (
    <div
      className="crispdm-WorkTable"
      role="grid"
      aria-label={trans.__('Saved work')}
      aria-rowcount={works.length + 1}
      ref={scroller}
      onKeyDown={onKeyDown}
    >
      <Head />
      <div role="rowgroup" style={{ position: 'relative', height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, key, start }) => (
          <Row
            key={key}
            {...props}
            work={works[index]}
            index={index}
            top={start - ROW}
            canFocus={index === Math.max(0, at)}
          />
        ))}
      </div>
    </div>
  );
}

function Head(): React.JSX.Element {
  const trans = useTrans();
  const names = Object.entries({
    name: trans.__('Name'),
    saved: trans.__('Saved'),
    size: trans.__('Size'),
    by: trans.__('By'),
    note: trans.__('Note'),
    shared: trans.__('Shared')
  });
  return (
    <div className="crispdm-WorkTable-row crispdm-mod-head" role="row" aria-rowindex={1}>
      {names.map(([column, name]) => (
        <span key={column} role="columnheader" data-column={column}>
          {name}
        </span>
      ))}
    </div>
  );
}

function Row(
  props: IWorkTableProps & { work: Work; index: number; top: number; canFocus: boolean }
): React.JSX.Element {
  const { work, index, top, canFocus, chosen, onChoose, onLoad } = props;
  const { name, saved, size, by, note } = work;
  return (
    <div
      className="crispdm-WorkTable-row"
      role="row"
      aria-rowindex={index + 2}
      aria-selected={keyOf(work) === chosen}
      data-index={index}
      tabIndex={canFocus ? 0 : -1}
      style={{ position: 'absolute', top, height: ROW }}
      onClick={() => onChoose(work)}
      onDoubleClick={() => onLoad(work)}
    >
      <strong role="gridcell" title={name}>
        {name}
      </strong>
      <span role="gridcell" title={formatMoment(saved)}>
        {formatMoment(saved)}
      </span>
      <span role="gridcell" data-column="size">
        {formatBytes(size)}
      </span>
      <span role="gridcell" title={by}>
        {by}
      </span>
      <span role="gridcell" title={note}>
        {note}
      </span>
      <span role="gridcell">
        <Shared {...props} />
      </span>
    </div>
  );
}

function Shared({ work, isOwn, onShare }: IWorkTableProps & { work: Work }): React.JSX.Element {
  const trans = useTrans();
  if (!isOwn(work)) {
    return <>{trans.__('with you')}</>;
  }
  return (
    <input
      type="checkbox"
      aria-label={trans.__('Share “%1” with colleagues', work.name)}
      checked={work.shared}
      onClick={event => event.stopPropagation()}
      onDoubleClick={event => event.stopPropagation()}
      onKeyDown={event => event.key === 'Enter' && event.stopPropagation()}
      onChange={event => onShare(work, event.target.checked)}
    />
  );
}
