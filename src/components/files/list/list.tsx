import React, { useCallback, useEffect, useMemo, useRef } from 'react';
import { useTrans } from '../../basics/context';
import { choose, chooseAll } from '../../basics/selection';
import type { SelectMode } from '../../basics/selection';
import { useVirtualRows } from '../../basics/virtualrows';
import type { Edit } from '../browsing/browsing';
import { useDrop } from '../drop';
import { KindIcon } from '../icons';
import { listKeys } from '../browsing/keys';
import { useBrowser } from '../shared';
import { NameInput } from './name';
import type { FileSortKey } from './order';
import { sortedBy } from './order';
import { FileRow } from './row';
import { TypeAhead } from './typeahead';

const ROW_HEIGHT = 30;
const HEAD_HEIGHT = 31;

/** What the open folder holds, of which only the visible rows are in the page. */
export function FileList({ children }: { children?: React.ReactNode }): React.JSX.Element {
  const browser = useBrowser();
  const { browsing, deeds, choose: pick } = browser;
  const { rows: entries, selection, edit, files } = browsing;
  const trans = useTrans();
  const active = entries.findIndex(({ path }) => path === selection.active);
  const list = useVirtualRows({
    count: entries.length,
    height: ROW_HEIGHT,
    head: HEAD_HEIGHT,
    keyOf: index => entries[index].path,
    kept: active
  });
  const { rows, scroller } = list;
  const ahead = useRef(new TypeAhead()).current;
  const target = useDrop(browsing.path, 'files');
  const isTaken = useTaken();
  const onChoose = useCallback(
    (path: string, mode: SelectMode) => {
      const paths = browsing.rows.map(row => row.path);
      browsing.select(choose(browsing.selection, paths, path, mode));
    },
    [browsing]
  );
  const onOpen = useCallback<React.ComponentProps<typeof FileRow>['onOpen']>(
    entry => deeds.open(entry, pick),
    [deeds, pick]
  );
  useFocusAsked(browsing.focusAsked, Math.max(0, active), list.focusRow);
  const cut = files.held?.isCut ? files.held.paths : [];
  return (
    <div
      className="crispdm-FileList"
      ref={scroller}
      role="grid"
      aria-label={trans.__('Files')}
      aria-rowcount={entries.length + 1}
      aria-multiselectable="true"
      data-over={target.isOver}
      tabIndex={entries.length === 0 ? 0 : -1}
      onKeyDown={listKeys(browser, ahead, list)}
      {...target.handlers}
    >
      <Head />
      {edit && edit.kind !== 'rename' && <NewName edit={edit} isTaken={isTaken} />}
      <div
        className="crispdm-FileList-rows"
        role="rowgroup"
        style={{ height: rows.getTotalSize() }}
      >
        {rows.getVirtualItems().map(item => {
          const entry = entries[item.index];
          return (
            <div
              key={item.key}
              role="presentation"
              className="crispdm-FileList-slot"
              style={{ transform: `translateY(${item.start - HEAD_HEIGHT}px)`, height: ROW_HEIGHT }}
            >
              <FileRow
                entry={entry}
                index={item.index}
                isMarked={selection.marked.has(entry.path)}
                isActive={item.index === Math.max(0, active)}
                isPending={files.isPending(entry.path)}
                isCut={cut.includes(entry.path)}
                isRenamed={edit?.kind === 'rename' && edit.path === entry.path}
                isTaken={isTaken}
                onChoose={onChoose}
                onOpen={onOpen}
              />
            </div>
          );
        })}
      </div>
      {children}
    </div>
  );
}

/** Whether a name is taken in the open folder, as a function that stays the same while the folder does. */
function useTaken(): (name: string) => boolean {
  const { browsing } = useBrowser();
  const { entries } = browsing.files.listing(browsing.path);
  return useMemo(() => {
    const names = new Set(entries?.map(({ name }) => name));
    return (name: string) => names.has(name);
  }, [entries]);
}

/** Lead the focus to a row each time it is asked for, but not when the list is drawn first. */
function useFocusAsked(asked: number, row: number, focusRow: (index: number) => void): void {
  const before = useRef(asked);
  useEffect(() => {
    if (asked !== before.current) {
      before.current = asked;
      focusRow(row);
    }
  }, [asked, row, focusRow]);
}

function Head(): React.JSX.Element {
  const { browsing } = useBrowser();
  const { rows, selection } = browsing;
  const trans = useTrans();
  const count = rows.filter(({ path }) => selection.marked.has(path)).length;
  const isWhole = count > 0 && count === rows.length;
  return (
    <div className="crispdm-FileList-head" role="row" aria-rowindex={1}>
      <div role="columnheader" className="crispdm-DataGrid-check">
        <input
          type="checkbox"
          aria-label={trans.__('Mark all')}
          checked={isWhole}
          disabled={rows.length === 0}
          ref={box => {
            if (box) {
              box.indeterminate = count > 0 && !isWhole;
            }
          }}
          onChange={() =>
            browsing.select(
              chooseAll(
                selection,
                rows.map(({ path }) => path)
              )
            )
          }
        />
      </div>
      <HeadCell column="name" label={trans.__('Name')} />
      <HeadCell column="size" label={trans.__('Size')} />
      <HeadCell column="modified" label={trans.__('Changed')} />
    </div>
  );
}

function HeadCell({ column, label }: { column: FileSortKey; label: string }): React.JSX.Element {
  const { browsing } = useBrowser();
  const { key, descending } = browsing.kept.sort;
  const order = descending ? 'descending' : 'ascending';
  return (
    <div role="columnheader" data-column={column} aria-sort={key === column ? order : 'none'}>
      <button type="button" onClick={() => browsing.sortBy(sortedBy(browsing.kept.sort, column))}>
        {label}
      </button>
    </div>
  );
}

/** The row of a file or folder that is to be made. */
function NewName(props: { edit: Edit; isTaken: (name: string) => boolean }): React.JSX.Element {
  const { browsing, deeds } = useBrowser();
  const { edit, isTaken } = props;
  const trans = useTrans();
  const isFolder = edit.kind === 'folder';
  return (
    <div className="crispdm-FileRow crispdm-mod-new" role="row">
      <div role="gridcell" className="crispdm-DataGrid-check" />
      <div role="gridcell" className="crispdm-FileRow-name">
        <KindIcon kind={isFolder ? 'folder' : 'text'} />
        <NameInput
          label={isFolder ? trans.__('Name of the new folder') : trans.__('Name of the new file')}
          name=""
          isTaken={isTaken}
          onDone={name => (name === '' ? browsing.type(null) : void deeds.finish(name))}
          onLeft={() => {
            browsing.type(null);
            browsing.focus();
          }}
        />
      </div>
    </div>
  );
}
