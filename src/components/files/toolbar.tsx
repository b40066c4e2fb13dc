import React, { useRef } from 'react';
import { useTrans } from '../basics/context';
import { ActionIcon, IconButton } from './icons';
import { useBrowser } from './shared';
import { chosenFiles } from './uploads/local';

/** What can be done here: only what is possible is there. */
export function FilesToolbar(props: {
  isTreeShown: boolean;
  onTree: (isShown: boolean) => void;
}): React.JSX.Element {
  const { isTreeShown, onTree } = props;
  const { browsing } = useBrowser();
  const trans = useTrans();
  const { isTrashShown, kept } = browsing;
  return (
    <div
      className="crispdm-Toolbar crispdm-FilesToolbar"
      role="toolbar"
      aria-label={trans.__('Files')}
    >
      <IconButton
        icon="tree"
        label={trans.__('Folders')}
        isPressed={isTreeShown}
        onClick={() => onTree(!isTreeShown)}
      />
      {!isTrashShown && <NewAndUpload />}
      {!isTrashShown && <Marked />}
      <span className="crispdm-FilesToolbar-end">
        {!isTrashShown && <Filter />}
        <IconButton
          icon="refresh"
          label={trans.__('Read again')}
          onClick={() => void browsing.files.refresh()}
        />
        {!isTrashShown && (
          <IconButton
            icon="preview"
            label={trans.__('Preview')}
            isPressed={kept.isPreviewShown}
            onClick={() => browsing.showPreview(!kept.isPreviewShown)}
          />
        )}
        <button
          type="button"
          className="crispdm-Button"
          aria-pressed={isTrashShown}
          onClick={() => (isTrashShown ? browsing.go(browsing.path) : browsing.goToTrash())}
        >
          {trans.__('Trash')}
        </button>
      </span>
    </div>
  );
}

function NewAndUpload(): React.JSX.Element | null {
  const { browsing } = useBrowser();
  const trans = useTrans();
  if (!browsing.canWrite) {
    return null;
  }
  return (
    <>
      <UploadButton label={trans.__('Upload')} isWhole={false} />
      <UploadButton label={trans.__('Upload folder')} isWhole />
      <IconButton
        icon="newFolder"
        label={trans.__('New folder')}
        onClick={() => browsing.type({ kind: 'folder' })}
      />
      <IconButton
        icon="newFile"
        label={trans.__('New file')}
        onClick={() => browsing.type({ kind: 'file' })}
      />
    </>
  );
}

/** Chooses files, or a whole folder, of the reader's computer. */
function UploadButton({ label, isWhole }: { label: string; isWhole: boolean }): React.JSX.Element {
  const { browsing, deeds } = useBrowser();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        className={`crispdm-Button${isWhole ? '' : ' crispdm-mod-accept'}`}
        onClick={() => input.current?.click()}
      >
        {!isWhole && <ActionIcon name="upload" />}
        {label}
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={label}
        {...(isWhole && { webkitdirectory: '' })}
        onChange={event => {
          const files = chosenFiles(event.target.files ?? []);
          event.target.value = '';
          void deeds.upload(files, browsing.path);
        }}
      />
    </>
  );
}

/** What can be done with the marked ones, and with those that wait to be pasted. */
function Marked(): React.JSX.Element | null {
  const { browsing, deeds } = useBrowser();
  const { marked, canWrite, files } = browsing;
  const trans = useTrans();
  const held = canWrite ? files.held : null;
  if (marked.length === 0 && !held) {
    return null;
  }
  return (
    <span className="crispdm-FilesToolbar-marked" role="group" aria-label={trans.__('Marked')}>
      {marked.length > 0 && (
        <>
          <span className="crispdm-Toolbar-note">
            {trans._n('%1 marked', '%1 marked', marked.length)}
          </span>
          <Download />
          {canWrite && marked.length === 1 && (
            <IconButton
              icon="rename"
              label={trans.__('Rename')}
              keys="F2"
              onClick={() => browsing.type({ kind: 'rename', path: marked[0].path })}
            />
          )}
          {canWrite && (
            <IconButton
              icon="cut"
              label={trans.__('Cut')}
              keys="Control+X"
              onClick={() => deeds.hold(true)}
            />
          )}
          <IconButton
            icon="copy"
            label={trans.__('Copy')}
            keys="Control+C"
            onClick={() => deeds.hold(false)}
          />
        </>
      )}
      {held && (
        <IconButton
          icon="paste"
          label={trans._n('Paste %1 item', 'Paste %1 items', held.paths.length)}
          keys="Control+V"
          onClick={() => void deeds.paste()}
        />
      )}
      {canWrite && marked.length > 0 && (
        <IconButton
          icon="trash"
          label={trans.__('Put into the trash')}
          keys="Delete"
          isHarmful
          onClick={() => void deeds.discard()}
        />
      )}
    </span>
  );
}

/** Downloads what is marked: one file as it is, a folder or several as a zip. */
function Download(): React.JSX.Element {
  const { browsing } = useBrowser();
  const { marked, files } = browsing;
  const trans = useTrans();
  const isPlain = marked.length === 1 && marked[0].kind !== 'folder';
  const label = isPlain ? trans.__('Download') : trans.__('Download as a zip');
  return (
    <a
      className="crispdm-Button crispdm-IconButton"
      href={files.downloadUrl(marked)}
      download
      aria-label={label}
      title={label}
    >
      <ActionIcon name="download" />
    </a>
  );
}

function Filter(): React.JSX.Element {
  const { browsing } = useBrowser();
  const trans = useTrans();
  return (
    <input
      className="crispdm-Input crispdm-FilesToolbar-filter"
      type="search"
      aria-label={trans.__('Filter by name')}
      placeholder={trans.__('Filter by name')}
      value={browsing.filter}
      onChange={event => browsing.find(event.target.value)}
      onKeyDown={event => {
        if (event.key === 'ArrowDown') {
          event.preventDefault();
          browsing.focus();
        }
      }}
    />
  );
}
