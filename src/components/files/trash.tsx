import React, { useEffect, useState } from 'react';
import type { Trashed } from '../../api/files/files';
import { useTrans } from '../basics/context';
import { Empty } from '../basics/empty';
import { formatBytes, formatMoment, formatShort } from '../basics/format';
import { useVirtualRows } from '../basics/virtualrows';
import { IconButton, KindIcon } from './icons';
import { FileName } from './list/name';
import { kindOf } from './names';
import { useBrowser } from './shared';

const ROW_HEIGHT = 40;

/** What was put into the trash: it can be taken back, or deleted for ever. */
export function TrashView(): React.JSX.Element {
  const { browsing, deeds } = useBrowser();
  const { trashed } = browsing.files;
  const trans = useTrans();
  useEffect(() => void deeds.lookIntoTrash(), [deeds]);
  if (trashed === null) {
    return <p className="crispdm-Waiting">{trans.__('Loading…')}</p>;
  }
  return trashed.length === 0 ? (
    <Empty title={trans.__('The trash is empty.')}>
      {trans.__('What you delete stays here for a while, and can be taken back.')}
    </Empty>
  ) : (
    <div className="crispdm-Trash">
      <EmptyTrash trashed={trashed} />
      <TrashRows trashed={trashed} />
    </div>
  );
}

/** Asks once more before everything goes. */
function EmptyTrash({ trashed }: { trashed: readonly Trashed[] }): React.JSX.Element {
  const { deeds } = useBrowser();
  const [isAsked, setIsAsked] = useState(false);
  const trans = useTrans();
  const count = trans._n('%1 item', '%1 items', trashed.length);
  if (!isAsked) {
    return (
      <div className="crispdm-Toolbar">
        <span className="crispdm-Toolbar-note">{count}</span>
        <button type="button" className="crispdm-Button" onClick={() => setIsAsked(true)}>
          {trans.__('Empty the trash…')}
        </button>
      </div>
    );
  }
  return (
    <div className="crispdm-Toolbar" role="alertdialog" aria-label={trans.__('Empty the trash')}>
      <span>{trans.__('Delete %1 for ever? They cannot be brought back.', count)}</span>
      <button type="button" className="crispdm-Button" autoFocus onClick={() => setIsAsked(false)}>
        {trans.__('Cancel')}
      </button>
      <button
        type="button"
        className="crispdm-Button crispdm-mod-warn"
        onClick={() => {
          setIsAsked(false);
          void deeds.emptyTrash();
        }}
      >
        {trans.__('Delete for ever')}
      </button>
    </div>
  );
}

function TrashRows({ trashed }: { trashed: readonly Trashed[] }): React.JSX.Element {
  const trans = useTrans();
  const { rows, scroller } = useVirtualRows({
    count: trashed.length,
    height: ROW_HEIGHT,
    keyOf: index => trashed[index].id
  });
  return (
    <div
      className="crispdm-Trash-scroller"
      ref={scroller}
      tabIndex={0}
      role="group"
      aria-label={trans.__('In the trash')}
    >
      <ul className="crispdm-Trash-rows" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(item => (
          <li
            key={item.key}
            className="crispdm-Trash-row"
            aria-setsize={trashed.length}
            aria-posinset={item.index + 1}
            style={{ transform: `translateY(${item.start}px)`, height: ROW_HEIGHT }}
          >
            <TrashRow trashed={trashed[item.index]} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function TrashRow({ trashed }: { trashed: Trashed }): React.JSX.Element {
  const { browsing, deeds } = useBrowser();
  const [isAsked, setIsAsked] = useState(false);
  const trans = useTrans();
  const { id, name, path, bytes, trashed: moment } = trashed;
  const isBusy = browsing.files.isPending(id);
  return (
    <>
      <KindIcon kind={kindOf(trashed)} />
      <span className="crispdm-Trash-name">
        <FileName name={name} />
        <small title={path}>{path}</small>
      </span>
      <span className="crispdm-Trash-facts" title={formatMoment(moment)}>
        {formatBytes(bytes)} · {formatShort(moment)}
      </span>
      <button
        type="button"
        className="crispdm-Button"
        aria-label={trans.__('Restore %1', name)}
        disabled={isBusy}
        onClick={() => void deeds.restore([id])}
      >
        {trans.__('Restore')}
      </button>
      {isAsked ? (
        <button
          type="button"
          className="crispdm-Button crispdm-mod-warn"
          autoFocus
          disabled={isBusy}
          onBlur={() => setIsAsked(false)}
          onClick={() => void deeds.deleteForever([id])}
        >
          {trans.__('Delete for ever')}
        </button>
      ) : (
        <IconButton
          icon="close"
          label={trans.__('Delete %1 for ever…', name)}
          onClick={() => setIsAsked(true)}
        />
      )}
    </>
  );
}
