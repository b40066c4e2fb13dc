import { useEffect, useState } from 'react';
import { messageOf } from '../../../api';
import type { FolderEntry, Preview } from '../../../api/files/files';
import type { IFiles } from '../../../tokens/files';

/** Rows of a table that are shown. */
const ROWS = 50;
/** Milliseconds that a row is marked before it is looked into: who runs through the list asks for nothing. */
const REST = 150;

/** The beginning of a file, after a rest; read again when the file has changed. */
export function usePreview(
  files: IFiles,
  { path, modified }: FolderEntry,
  hasRest: boolean
): { preview: Preview | null; error: string } {
  const [shown, setShown] = useState<{ preview: Preview | null; error: string }>({
    preview: null,
    error: ''
  });
  useEffect(() => {
    let isWanted = true;
    const read = (): void =>
      void files.preview(path, ROWS).then(
        preview => isWanted && setShown({ preview, error: '' }),
        (error: unknown) => isWanted && setShown({ preview: null, error: messageOf(error) })
      );
    const timer = hasRest ? window.setTimeout(read, REST) : void read();
    return () => {
      isWanted = false;
      window.clearTimeout(timer);
    };
    // Whether it rested says nothing about what is shown.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [files, path, modified]);
  return shown;
}
