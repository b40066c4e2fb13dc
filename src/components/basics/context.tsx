import type { TranslationBundle } from '@jupyterlab/translation';
import { nullTranslator } from '@jupyterlab/translation';
import type { Context } from 'react';
import { createContext, useContext } from 'react';

export const DOMAIN = 'jupyter_crispdm';

/** The language of the components below; English where nobody provides one. */
export const TransContext: Context<TranslationBundle> = createContext(nullTranslator.load(DOMAIN));

/** The translations for a component. */
export function useTrans(): TranslationBundle {
  return useContext(TransContext);
}
