import React, { useEffect, useMemo, useRef, useState } from 'react';
import type { IUploads } from '../../tokens/files';
import { useTrans } from '../basics/context';
import { Empty } from '../basics/empty';
import { formatBytes } from '../basics/format';
import { useSignal } from '../basics/hooks';
import { useVisible } from '../basics/visibility';
import type { Browsing } from './browsing/browsing';
import { Chosen } from './chosen';
import { Crumbs } from './crumbs';
import { Deeds } from './browsing/deeds';
import { FileList } from './list/list';
import { ConflictQuestion, Notice } from './messages';
import { PreviewPane } from './preview/pane';
import { BrowserContext, useBrowser } from './shared';
import { FilesToolbar } from './toolbar';
import { TrashView } from './trash';
import { FolderTree } from './tree/tree';
import { UploadList } from './uploads/list';
import { useRoom } from './useroom';

/** What a file browser shows and does. */
export interface IFileBrowserProps {
  browsing: Browsing;
  uploads: IUploads;
  /** What a form has got. */
  value: readonly string[];
  onChoose: (paths: readonly string[]) => void;
  /** Pixels. */
  height: number;
}

/** Folders and files of the server: looked at, put in order, sent and fetched. */
export function FileBrowser(props: IFileBrowserProps): React.JSX.Element {
  const { browsing, uploads, value, onChoose, height } = props;
  const trans = useTrans();
  const deeds = useMemo(() => new Deeds(browsing, uploads, trans), [browsing, uploads, trans]);
  const choose = useRef(onChoose);
  choose.current = onChoose;
  const browser = useMemo(
    () => ({
      browsing,
      deeds,
      uploads,
      choose: (paths: readonly string[]) => choose.current(paths)
    }),
    [browsing, deeds, uploads]
  );
  useSignal(browsing.changed);
  useSignal(deeds.changed);
  useShown(browsing);
  useEffect(() => () => deeds.dispose(), [deeds]);
  return (
    <BrowserContext.Provider value={browser}>
      <section
        className="crispdm-Card crispdm-FileBrowser"
        style={{ height }}
        aria-label={trans.__('File browser')}
        data-lm-suppress-shortcuts="true"
      >
        <Refusal />
        {browsing.files.isReady || !browsing.files.error ? <Parts /> : null}
        <Chosen value={value} />
      </section>
    </BrowserContext.Provider>
  );
}

/** Why the folders cannot be read; what is known of them stays. */
function Refusal(): React.JSX.Element | null {
  const { files } = useBrowser().browsing;
  const trans = useTrans();
  return files.error ? (
    <div className="crispdm-Banner" role="alert">
      <span>{files.error}</span>
      <button type="button" className="crispdm-Button" onClick={() => void files.refresh()}>
        {trans.__('Try again')}
      </button>
    </div>
  ) : null;
}

/** Keep the folders up to date while the browser can be seen. */
function useShown(browsing: Browsing): void {
  const isVisible = useVisible();
  useEffect(() => {
    if (!isVisible) {
      return undefined;
    }
    browsing.show();
    return () => browsing.hide();
  }, [browsing, isVisible]);
}

function Parts(): React.JSX.Element {
  const { browsing, deeds } = useBrowser();
  const { kept, isTrashShown, files } = browsing;
  const place = useRef<HTMLDivElement>(null);
  const room = useRoom(place);
  const isNarrow = room === 'narrow';
  const [isDrawerOpen, setIsDrawerOpen] = useState(false);
  const trans = useTrans();
  const isTreeShown = isNarrow ? isDrawerOpen : kept.isTreeShown;
  const { free, quota, used } = files.space;
  const isOne = browsing.marked.length === 1;
  return (
    <>
      <FilesToolbar
        isTreeShown={isTreeShown}
        onTree={isNarrow ? setIsDrawerOpen : shown => browsing.showTree(shown)}
      />
      <Crumbs />
      {deeds.question && <ConflictQuestion question={deeds.question} />}
      <div className="crispdm-FileBrowser-parts" ref={place} data-room={room}>
        {isTreeShown && (
          <div className="crispdm-FileBrowser-tree">
            <FolderTree onOpened={() => setIsDrawerOpen(false)} />
            {files.isReady && (
              <p className="crispdm-FileBrowser-space">
                {quota === null
                  ? trans.__('%1 free', formatBytes(free))
                  : trans.__('%1 of %2 used', formatBytes(used), formatBytes(quota))}
              </p>
            )}
          </div>
        )}
        {isTrashShown ? (
          <TrashView />
        ) : (
          <div className="crispdm-FileBrowser-main">
            <FileList>
              <WhyEmpty />
            </FileList>
            {kept.isPreviewShown && (room === 'wide' || isOne) && <PreviewPane />}
          </div>
        )}
      </div>
      <Notice />
      <UploadList />
    </>
  );
}

/** Why there is nothing in the list. */
function WhyEmpty(): React.JSX.Element | null {
  const { browsing } = useBrowser();
  const { rows, path, filter, canWrite, files, edit } = browsing;
  const { entries, error } = files.listing(path);
  const trans = useTrans();
  if (rows.length > 0 || edit !== null) {
    return null;
  }
  if (error) {
    return (
      <p className="crispdm-Error" role="alert">
        {error}
      </p>
    );
  }
  if (files.isReady && files.folders.length === 0) {
    return (
      <Empty title={trans.__('You have no folder here.')}>
        {trans.__('Who runs the server can give you one.')}
      </Empty>
    );
  }
  if (entries === null) {
    return <Skeleton label={trans.__('Loading…')} />;
  }
  if (filter) {
    return (
      <Empty
        title={trans.__('No name holds “%1”.', filter)}
        action={{ label: trans.__('Show all'), run: () => browsing.find('') }}
      />
    );
  }
  return (
    <Empty title={trans.__('This folder is empty.')}>
      {canWrite && trans.__('Drop files or folders here, or press “Upload”.')}
    </Empty>
  );
}

/** Where rows will be. */
function Skeleton({ label }: { label: string }): React.JSX.Element {
  return (
    <div className="crispdm-FileSkeleton" role="status" aria-label={label}>
      {[62, 44, 71, 38, 55].map(width => (
        <span key={width} style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}
