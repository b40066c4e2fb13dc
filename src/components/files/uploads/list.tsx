import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useState } from 'react';
import type { IUpload, UploadState } from '../../../tokens/files';
import { useTrans } from '../../basics/context';
import { formatBytes, formatDuration } from '../../basics/format';
import { useFacts } from '../../basics/hooks';
import { ProgressBar } from '../../basics/progress';
import { useVirtualRows } from '../../basics/virtualrows';
import { ActionIcon, IconButton } from '../icons';
import { FileName } from '../list/name';
import { useBrowser } from '../shared';
import { chosenFiles } from './local';
import type { ISummary } from './summary';
import { summaryOf } from './summary';

const ROW_HEIGHT = 40;

/** The files on their way to the server; nothing where there are none. */
export function UploadList(): React.JSX.Element | null {
  const { uploads } = useBrowser();
  useFacts(uploads);
  const [isOpen, setIsOpen] = useState(true);
  const trans = useTrans();
  const { list } = uploads;
  if (list.length === 0) {
    return null;
  }
  return (
    <section className="crispdm-Uploads" aria-label={trans.__('Uploads')}>
      <UploadsHead summary={summaryOf(list)} isOpen={isOpen} onOpen={setIsOpen} />
      {isOpen && <UploadRows list={list} />}
    </section>
  );
}

function UploadsHead(props: {
  summary: ISummary;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
}): React.JSX.Element {
  const { summary, isOpen, onOpen } = props;
  const { uploads } = useBrowser();
  const trans = useTrans();
  const { open, paused, failed, done, bytes, sent } = summary;
  return (
    <header className="crispdm-Uploads-head">
      <button
        type="button"
        className="crispdm-Uploads-toggle"
        aria-expanded={isOpen}
        onClick={() => onOpen(!isOpen)}
      >
        <ActionIcon name={isOpen ? 'open' : 'closed'} />
        <span>{said(trans, summary)}</span>
      </button>
      {open > 0 && (
        <ProgressBar value={bytes > 0 ? sent / bytes : null} label={trans.__('All uploads')} />
      )}
      {open > 0 && (
        <IconButton icon="pause" label={trans.__('Pause all')} onClick={() => uploads.pauseAll()} />
      )}
      {paused + failed > 0 && (
        <IconButton
          icon="resume"
          label={trans.__('Resume all')}
          onClick={() => uploads.resumeAll()}
        />
      )}
      {open + paused + failed > 0 && (
        <IconButton
          icon="close"
          label={trans.__('Cancel all')}
          onClick={() => uploads.cancelAll()}
        />
      )}
      {done > 0 && (
        <button type="button" className="crispdm-Button" onClick={() => uploads.clear()}>
          {trans.__('Clear')}
        </button>
      )}
    </header>
  );
}

/** How far all of them are, in words. */
function said(trans: TranslationBundle, summary: ISummary): string {
  const { count, done, failed, open, speed, left } = summary;
  return [
    open > 0
      ? trans.__('%1 of %2 files uploaded', done, count)
      : trans._n('%1 file uploaded', '%1 files uploaded', done),
    failed > 0 && trans.__('%1 failed', failed),
    speed > 0 && trans.__('%1/s', formatBytes(speed)),
    left !== null && trans.__('%1 left', formatDuration(left))
  ]
    .filter(Boolean)
    .join(' · ');
}

function UploadRows({ list }: { list: readonly IUpload[] }): React.JSX.Element {
  const trans = useTrans();
  const { rows, scroller } = useVirtualRows({
    count: list.length,
    height: ROW_HEIGHT,
    keyOf: index => list[index].id
  });
  return (
    <div
      className="crispdm-Uploads-scroller"
      ref={scroller}
      tabIndex={0}
      role="group"
      aria-label={trans.__('Files that are uploaded')}
    >
      <ul className="crispdm-Uploads-rows" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(item => (
          <li
            key={item.key}
            className="crispdm-Upload"
            aria-setsize={list.length}
            aria-posinset={item.index + 1}
            data-state={list[item.index].state}
            style={{ transform: `translateY(${item.start}px)`, height: ROW_HEIGHT }}
          >
            <UploadRow upload={list[item.index]} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function UploadRow({ upload }: { upload: IUpload }): React.JSX.Element {
  const { uploads } = useBrowser();
  const trans = useTrans();
  const { id, name, folder, size, sent, state } = upload;
  const part = size > 0 ? sent / size : Number(state === 'done');
  const isGoing = state === 'sending' || state === 'stalled' || state === 'waiting';
  return (
    <>
      <span className="crispdm-Upload-name">
        <FileName name={name} />
      </span>
      <span
        className="crispdm-Upload-state"
        title={upload.error || trans.__('To: %1', folder || '/')}
      >
        {stateSaid(trans, upload)}
      </span>
      <ProgressBar value={part} label={trans.__('Upload of %1', name)} />
      <span className="crispdm-Upload-actions">
        {isGoing && (
          <IconButton
            icon="pause"
            label={trans.__('Pause %1', name)}
            onClick={() => uploads.pause(id)}
          />
        )}
        {state === 'paused' && (
          <IconButton
            icon="resume"
            label={trans.__('Resume %1', name)}
            onClick={() => uploads.resume(id)}
          />
        )}
        {state === 'failed' && (
          <IconButton
            icon="refresh"
            label={trans.__('Try %1 again', name)}
            onClick={() => uploads.resume(id)}
          />
        )}
        {state === 'interrupted' && <ChooseAgain upload={upload} />}
        {state !== 'done' && (
          <IconButton
            icon="close"
            label={trans.__('Cancel %1', name)}
            onClick={() => uploads.cancel(id)}
          />
        )}
      </span>
    </>
  );
}

/** After the page was loaded anew the browser gives no file away: it has to be chosen once more. */
function ChooseAgain({ upload }: { upload: IUpload }): React.JSX.Element {
  const { deeds } = useBrowser();
  const trans = useTrans();
  const { name, folder } = upload;
  return (
    <label className="crispdm-Button crispdm-Upload-again">
      {trans.__('Choose it again')}
      <input
        type="file"
        aria-label={trans.__('Choose %1 again', name)}
        onChange={event => {
          const [chosen] = chosenFiles(event.target.files ?? []);
          event.target.value = '';
          void (chosen && deeds.upload([chosen], folder));
        }}
      />
    </label>
  );
}

function stateSaid(trans: TranslationBundle, upload: IUpload): string {
  const { size, sent, speed, error } = upload;
  const part = trans.__('%1 of %2', formatBytes(sent), formatBytes(size));
  const words: Record<UploadState, string> = {
    waiting: trans.__('waits'),
    sending: speed > 0 ? `${part} · ${trans.__('%1/s', formatBytes(speed))}` : part,
    stalled: trans.__('%1 · no connection, trying again…', part),
    paused: trans.__('%1 · paused', part),
    failed: error,
    interrupted: trans.__('%1 · interrupted', part),
    done: trans.__('%1 · done', formatBytes(size))
  };
  return words[upload.state];
}
