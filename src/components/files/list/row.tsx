import React from 'react';
import type { FolderEntry } from '../../../api/files/files';
import { useTrans } from '../../basics/context';
import { formatBytes, formatMoment, formatShort } from '../../basics/format';
import type { SelectMode } from '../../basics/selection';
import { modeOf } from '../../basics/selection';
import { PATHS, useDrop } from '../drop';
import { KindIcon } from '../icons';
import { kindOf, momentOf } from '../names';
import { useBrowser } from '../shared';
import { FileName, NameInput } from './name';

/** What a row of the list shows and does. */
export interface IFileRowProps {
  entry: FolderEntry;
  index: number;
  isMarked: boolean;
  isActive: boolean;
  isPending: boolean;
  isCut: boolean;
  isRenamed: boolean;
  isTaken: (name: string) => boolean;
  onChoose: (path: string, mode: SelectMode) => void;
  onOpen: (entry: FolderEntry) => void;
}

/** One file or folder. A click marks it, two open it, a drag takes it elsewhere. */
export const FileRow = React.memo((props: IFileRowProps): React.JSX.Element => {
  const { entry, index, isMarked, isActive, isPending, isCut, isRenamed, onChoose, onOpen } = props;
  const { browsing } = useBrowser();
  const target = useDrop(entry.path);
  const isFolder = entry.kind === 'folder';
  const onDragStart = (event: React.DragEvent): void => {
    const { marked } = browsing.selection;
    const paths = marked.has(entry.path) ? [...marked] : [entry.path];
    event.dataTransfer.setData(PATHS, JSON.stringify(paths));
    event.dataTransfer.effectAllowed = 'copyMove';
  };
  return (
    <div
      className="crispdm-FileRow"
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isMarked}
      aria-busy={isPending}
      data-index={index}
      data-path={entry.path}
      data-cut={isCut}
      data-over={isFolder && target.isOver}
      tabIndex={isActive ? 0 : -1}
      draggable={!isRenamed}
      onDragStart={onDragStart}
      {...(isFolder && target.handlers)}
      onClick={event => onChoose(entry.path, modeOf(event))}
      onDoubleClick={() => onOpen(entry)}
    >
      <Mark {...props} />
      <div role="gridcell" className="crispdm-FileRow-name">
        <KindIcon kind={kindOf(entry)} />
        {isRenamed ? <Rename {...props} /> : <FileName name={entry.name} />}
      </div>
      <div role="gridcell" className="crispdm-FileRow-size" data-column="size">
        {entry.size === null ? '' : formatBytes(entry.size)}
      </div>
      <div
        role="gridcell"
        className="crispdm-FileRow-modified"
        data-column="modified"
        title={momentOf(entry, formatMoment)}
      >
        {momentOf(entry, formatShort)}
      </div>
    </div>
  );
});
FileRow.displayName = 'FileRow';

function Mark({ entry, isMarked, onChoose }: IFileRowProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <div role="gridcell" className="crispdm-DataGrid-check">
      <input
        type="checkbox"
        tabIndex={-1}
        aria-label={trans.__('Mark %1', entry.name)}
        checked={isMarked}
        onChange={() => undefined}
        onClick={event => {
          event.stopPropagation();
          onChoose(entry.path, event.shiftKey ? 'range' : 'toggle');
        }}
        onDoubleClick={event => event.stopPropagation()}
      />
    </div>
  );
}

function Rename({ entry, isTaken }: IFileRowProps): React.JSX.Element {
  const { browsing, deeds } = useBrowser();
  const trans = useTrans();
  return (
    <NameInput
      label={trans.__('New name of %1', entry.name)}
      name={entry.name}
      isTaken={name => name !== entry.name && isTaken(name)}
      onDone={name => void deeds.finish(name)}
      onLeft={() => {
        browsing.type(null);
        browsing.focus();
      }}
    />
  );
}
