import type React from 'react';
import { useState } from 'react';
import type { IBrowser } from './shared';
import { useBrowser } from './shared';
import { droppedFiles } from './uploads/local';

/** What a drag within the browser carries. */
export const PATHS = 'application/x-crispdm-paths';
/** What the browser calls files that are dragged in from outside. */
const FILES = 'Files';

/** What makes an element a place to drop files on. */
export interface IDropTarget {
  isOver: boolean;
  handlers: Pick<React.DOMAttributes<HTMLElement>, 'onDragOver' | 'onDragLeave' | 'onDrop'>;
}

/** A folder that files can be dropped on: those of the browser are moved, with Ctrl copied; others are sent. */
export function useDrop(folder: string, accepts: 'all' | 'files' = 'all'): IDropTarget {
  const browser = useBrowser();
  const [isOver, setIsOver] = useState(false);
  const handlers: IDropTarget['handlers'] = {
    onDragOver: event => {
      if (isWelcome(browser, folder, accepts, event.dataTransfer)) {
        event.preventDefault();
        event.stopPropagation();
        event.dataTransfer.dropEffect = isCopying(event) ? 'copy' : 'move';
        setIsOver(true);
      }
    },
    onDragLeave: () => setIsOver(false),
    onDrop: event => {
      setIsOver(false);
      if (isWelcome(browser, folder, accepts, event.dataTransfer)) {
        event.preventDefault();
        event.stopPropagation();
        void take(browser, folder, event);
      }
    }
  };
  return { isOver, handlers };
}

async function take({ deeds }: IBrowser, folder: string, event: React.DragEvent): Promise<void> {
  const carried = event.dataTransfer.getData(PATHS);
  if (carried) {
    await deeds.drop(pathsIn(carried), folder, isCopying(event));
  } else {
    await deeds.upload(await droppedFiles(event.dataTransfer), folder);
  }
}

function isWelcome(
  { browsing }: IBrowser,
  folder: string,
  accepts: 'all' | 'files',
  { types }: DataTransfer
): boolean {
  const isKnown = types.includes(FILES) || (accepts === 'all' && types.includes(PATHS));
  return isKnown && browsing.files.canWrite(folder);
}

function isCopying({ dataTransfer, ctrlKey, altKey }: React.DragEvent): boolean {
  return ctrlKey || altKey || dataTransfer.types.includes(FILES);
}

function pathsIn(carried: string): string[] {
  try {
    const paths = JSON.parse(carried) as unknown;
    return Array.isArray(paths) ? paths.filter(path => typeof path === 'string') : [];
  } catch {
    return [];
  }
}
