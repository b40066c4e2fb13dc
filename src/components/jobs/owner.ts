import type { TranslationBundle } from '@jupyterlab/translation';
import type { Job } from '../../api';

/** Whose a job is, and the program that submitted it for them. */
export function ownerOf(trans: TranslationBundle, { owner, via }: Job): string {
  return via ? trans.__('%1, by %2', owner, via) : owner;
}
