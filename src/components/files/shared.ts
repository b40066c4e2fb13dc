import { createContext, useContext } from 'react';
import type { IUploads } from '../../tokens/files';
import type { Browsing } from './browsing/browsing';
import type { Deeds } from './browsing/deeds';

/** What all parts of one file browser work on. */
export interface IBrowser {
  readonly browsing: Browsing;
  readonly deeds: Deeds;
  readonly uploads: IUploads;
  /** A form gets these. */
  readonly choose: (paths: readonly string[]) => void;
}

export const BrowserContext = createContext<IBrowser | null>(null);

/** The file browser that a part belongs to. */
export function useBrowser(): IBrowser {
  const browser = useContext(BrowserContext);
  if (!browser) {
    throw new Error('A part of a file browser stands outside of one.');
  }
  return browser;
}
