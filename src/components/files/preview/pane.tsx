import React, { useEffect, useRef, useState } from 'react';
import type { FolderEntry } from '../../../api/files/files';
import { useTrans } from '../../basics/context';
import { Empty } from '../../basics/empty';
import { formatBytes, formatMoment } from '../../basics/format';
import { IconButton } from '../icons';
import { FileName } from '../list/name';
import { kindOf, momentOf } from '../names';
import { useBrowser } from '../shared';
import { PreviewContent } from './content';
import { usePreview } from './usepreview';

/** The largest picture that is shown without being asked for, in bytes. */
const LARGEST_PICTURE = 25 * 2 ** 20;

/** A look into the marked file. */
export function PreviewPane(): React.JSX.Element {
  const { browsing } = useBrowser();
  const { marked } = browsing;
  const trans = useTrans();
  // What is marked when the page comes is looked into at once.
  const hasRest = useRef(false);
  useEffect(() => {
    hasRest.current = true;
  }, []);
  return (
    <aside className="crispdm-Preview" aria-label={trans.__('Preview')}>
      <header className="crispdm-Preview-head">
        {marked.length === 1 ? (
          <FileName name={marked[0].name} />
        ) : (
          <span>{trans.__('Preview')}</span>
        )}
        <IconButton
          icon="close"
          label={trans.__('Close the preview')}
          onClick={() => browsing.showPreview(false)}
        />
      </header>
      {marked.length === 1 ? (
        <OneFile key={marked[0].path} entry={marked[0]} hasRest={hasRest.current} />
      ) : (
        <Empty title={trans.__('Nothing to look into.')}>
          {trans.__('Mark one file to see what is in it.')}
        </Empty>
      )}
    </aside>
  );
}

/** A file to look into. */
interface ILook {
  entry: FolderEntry;
  /** Whether to wait until it stays marked. */
  hasRest: boolean;
}

function OneFile({ entry, hasRest }: ILook): React.JSX.Element {
  const trans = useTrans();
  const size = entry.size === null ? '' : formatBytes(entry.size);
  return (
    <>
      <div
        className="crispdm-Preview-content"
        tabIndex={0}
        role="region"
        aria-label={trans.__('Content of %1', entry.name)}
      >
        <Content entry={entry} hasRest={hasRest} />
      </div>
      <p className="crispdm-Preview-facts">
        {[size, momentOf(entry, formatMoment)].filter(Boolean).join(' · ')}
      </p>
    </>
  );
}

function Content({ entry, hasRest }: ILook): React.JSX.Element {
  const { browsing } = useBrowser();
  const trans = useTrans();
  switch (kindOf(entry)) {
    case 'folder':
      return <p className="crispdm-Waiting">{trans.__('Open the folder to see what is in it.')}</p>;
    case 'picture':
      return (entry.size ?? 0) > LARGEST_PICTURE ? (
        <p className="crispdm-Waiting">{trans.__('This picture is too large to be shown here.')}</p>
      ) : (
        <Picture key={entry.modified} src={browsing.files.urlOf(entry.path)} name={entry.name} />
      );
    default:
      return <Read entry={entry} hasRest={hasRest} />;
  }
}

function Picture({ src, name }: { src: string; name: string }): React.JSX.Element {
  const trans = useTrans();
  const [isBroken, setIsBroken] = useState(false);
  return isBroken ? (
    <p className="crispdm-Error" role="alert">
      {trans.__('This picture cannot be shown.')}
    </p>
  ) : (
    <img
      className="crispdm-Preview-picture"
      src={src}
      alt={name}
      onError={() => setIsBroken(true)}
    />
  );
}

function Read({ entry, hasRest }: ILook): React.JSX.Element {
  const { browsing } = useBrowser();
  const trans = useTrans();
  const { preview, error } = usePreview(browsing.files, entry, hasRest);
  if (error) {
    return (
      <p className="crispdm-Error" role="alert">
        {error}
      </p>
    );
  }
  return preview ? (
    <PreviewContent preview={preview} />
  ) : (
    <p className="crispdm-Waiting">{trans.__('Loading…')}</p>
  );
}
