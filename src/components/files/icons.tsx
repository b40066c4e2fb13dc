import React from 'react';
import type { FileKind } from './names';

const FRAME = 'M3.5 1.5h5.4l3.6 3.6v9.4h-9z M8.7 1.7v3.6h3.6';

const KINDS: Readonly<Record<FileKind, string>> = {
  folder: 'M1.5 3.5h4.3l1.5 1.7h7.2v8.3h-13z',
  notebook: 'M3.5 1.5h9v13h-9z M5.8 1.5v13 M8 5h2.5 M8 7.5h2.5',
  picture: 'M1.5 2.5h13v11h-13z M1.5 11.5l4-4 3 3 2-2 4 4 M10.5 6.2a1 1 0 1 0 0-.1',
  table: 'M1.5 2.5h13v11h-13z M1.5 6.2h13 M1.5 9.8h13 M6 2.5v11',
  text: `${FRAME} M5.5 8h5 M5.5 10.3h5 M5.5 12.5h3`,
  archive: 'M2 4.5h12v9.5h-12z M1.5 2h13v2.5h-13z M6.5 7.5h3',
  other: FRAME
};

const ACTIONS = {
  newFolder: `${KINDS.folder} M8 7.3v4 M6 9.3h4`,
  newFile: `${FRAME} M8 7.5v4.5 M5.8 9.7h4.5`,
  upload: 'M8 11V2.5 M4.5 6L8 2.5 11.5 6 M2 10.5v3.5h12v-3.5',
  download: 'M8 2v8.5 M4.5 7L8 10.5 11.5 7 M2 10.5v3.5h12v-3.5',
  rename: 'M2.5 13.5l.7-3 7.3-7.3 2.3 2.3-7.3 7.3z M9 4.7l2.3 2.3',
  cut: 'M4.2 10a2 2 0 1 0 .1 0 M11.8 10a2 2 0 1 0 .1 0 M5.3 10.3L11 2 M10.7 10.3L5 2',
  copy: 'M5.5 5.5h8v8.5h-8z M5.5 10.5h-3v-8.5h8v3.5',
  paste: 'M3 3h10v11h-10z M5.8 1.7h4.4v2.6h-4.4z',
  trash: 'M2.5 4h11 M6 4v-1.8h4v1.8 M4 4l.6 10h6.8l.6-10 M6.7 6.5v5 M9.3 6.5v5',
  refresh: 'M13 8a5 5 0 1 1-1.5-3.6 M13.2 1.8v3h-3',
  up: 'M8 13.5v-10 M3.5 8L8 3.5 12.5 8',
  tree: 'M2 2.5h4v3h-4z M9 6.5h5v3h-5z M9 11.5h5v3h-5z M4 5.5v7.5h5 M4 8h5',
  preview: 'M1.5 2.5h13v11h-13z M9.5 2.5v11',
  close: 'M3.5 3.5l9 9 M12.5 3.5l-9 9',
  pause: 'M5.5 3v10 M10.5 3v10',
  resume: 'M4.5 2.5l8 5.5-8 5.5z',
  closed: 'M6 3.5L10.5 8 6 12.5',
  open: 'M3.5 6L8 10.5 12.5 6',
  locked: 'M3.5 7.5h9v6.5h-9z M5.3 7.5v-2.5a2.7 2.7 0 0 1 5.4 0v2.5'
} as const;

export type ActionIconName = keyof typeof ACTIONS;

/** What kind a file is, as a picture beside its name. */
export function KindIcon({ kind }: { kind: FileKind }): React.JSX.Element {
  return <Drawn path={KINDS[kind]} kind={kind} />;
}

/** The picture of a control. */
export function ActionIcon({ name }: { name: ActionIconName }): React.JSX.Element {
  return <Drawn path={ACTIONS[name]} />;
}

function Drawn({ path, kind }: { path: string; kind?: FileKind }): React.JSX.Element {
  return (
    <svg
      className="crispdm-FileIcon"
      data-kind={kind}
      viewBox="0 0 16 16"
      width="16"
      height="16"
      aria-hidden="true"
    >
      <path d={path} />
    </svg>
  );
}

/** A small button with a picture; its label is read out and shown when one rests on it. */
export function IconButton(props: {
  icon: ActionIconName;
  label: string;
  onClick: () => void;
  keys?: string;
  isPressed?: boolean;
  isDisabled?: boolean;
  isHarmful?: boolean;
}): React.JSX.Element {
  const { icon, label, onClick, keys, isPressed, isDisabled, isHarmful } = props;
  return (
    <button
      type="button"
      className={`crispdm-Button crispdm-IconButton${isHarmful ? ' crispdm-mod-warn' : ''}`}
      aria-label={label}
      title={keys ? `${label} (${keys})` : label}
      aria-keyshortcuts={keys}
      aria-pressed={isPressed}
      disabled={isDisabled}
      onClick={onClick}
    >
      <ActionIcon name={icon} />
    </button>
  );
}
