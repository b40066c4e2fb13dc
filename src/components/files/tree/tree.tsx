import React, { useState } from 'react';
import { useTrans } from '../../basics/context';
import { stepTo, useVirtualRows } from '../../basics/virtualrows';
import { useDrop } from '../drop';
import { ActionIcon, KindIcon } from '../icons';
import { FileName } from '../list/name';
import { useBrowser } from '../shared';
import { useFolderLabel } from '../labels';
import type { ITreeRow } from './rows';
import { treeRows, treeStep } from './rows';

const ROW_HEIGHT = 26;

/**
 * The folders as a tree. Each is looked into when it is opened.
 *
 * Arrow keys move, open and close; Enter shows what the folder holds.
 */
export function FolderTree({ onOpened }: { onOpened?: () => void }): React.JSX.Element {
  const { browsing } = useBrowser();
  const { files, path, isTrashShown } = browsing;
  const trans = useTrans();
  const rows = treeRows(
    files.folders,
    one => browsing.isExpanded(one),
    one => files.listing(one)
  );
  const current = isTrashShown ? -1 : rows.findIndex(row => row.path === path);
  const [focused, setFocused] = useState<string | null>(null);
  const atFocus = rows.findIndex(row => row.key === focused);
  const active = Math.max(0, atFocus < 0 ? current : atFocus);
  const list = useVirtualRows({
    count: rows.length,
    height: ROW_HEIGHT,
    keyOf: index => rows[index].key,
    kept: active
  });
  const open = (row: ITreeRow): void => {
    setFocused(row.key);
    browsing.go(row.path);
    onOpened?.();
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const at = Number((event.target as HTMLElement).dataset.index ?? NaN);
    const row = rows[at];
    const next = stepTo(event.key, at, rows.length);
    const step = row && (next === null ? treeStep(rows, at, event.key) : { to: next });
    if (step && 'to' in step) {
      setFocused(rows[step.to].key);
      list.focusRow(step.to);
    } else if (step) {
      browsing.expand(row.path, step.isExpanded);
    } else if (row && event.key === 'Enter') {
      open(row);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      className="crispdm-FolderTree"
      ref={list.scroller}
      role="tree"
      aria-label={trans.__('Folders')}
      onKeyDown={onKeyDown}
    >
      <div
        className="crispdm-FolderTree-rows"
        role="presentation"
        style={{ height: list.rows.getTotalSize() }}
      >
        {list.rows.getVirtualItems().map(item => (
          <TreeItem
            key={item.key}
            row={rows[item.index]}
            index={item.index}
            top={item.start}
            isCurrent={item.index === current}
            isActive={item.index === active}
            onOpen={open}
          />
        ))}
      </div>
    </div>
  );
}

function TreeItem(props: {
  row: ITreeRow;
  index: number;
  top: number;
  isCurrent: boolean;
  isActive: boolean;
  onOpen: (row: ITreeRow) => void;
}): React.JSX.Element {
  const { row, index, top, isCurrent, isActive, onOpen } = props;
  const { browsing } = useBrowser();
  const target = useDrop(row.path);
  const label = useFolderLabel();
  const name = label(row.path, row.name);
  return (
    <div
      className="crispdm-FolderTree-row"
      role="treeitem"
      aria-label={name}
      aria-level={row.depth + 1}
      aria-expanded={row.hasFolders ? row.isExpanded : undefined}
      aria-selected={isCurrent}
      data-index={index}
      data-over={target.isOver}
      tabIndex={isActive ? 0 : -1}
      style={{
        transform: `translateY(${top}px)`,
        height: ROW_HEIGHT,
        paddingInlineStart: 4 + row.depth * 14
      }}
      onClick={() => onOpen(row)}
      {...target.handlers}
    >
      <span
        className="crispdm-FolderTree-twisty"
        aria-hidden="true"
        onClick={event => {
          event.stopPropagation();
          browsing.expand(row.path, !row.isExpanded);
        }}
      >
        {row.hasFolders && <ActionIcon name={row.isExpanded ? 'open' : 'closed'} />}
      </span>
      <KindIcon kind="folder" />
      <FileName name={name} />
    </div>
  );
}
