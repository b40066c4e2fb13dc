import type { TranslationBundle } from '@jupyterlab/translation';
import type { Verdict } from '../../api';

/** A verdict in a word or two. */
export function verdictLabel(trans: TranslationBundle, verdict: Verdict): string {
  const labels: Record<Verdict, string> = {
    early: trans.__('Too early to say'),
    learning: trans.__('Learning'),
    underfit: trans.__('Under-fitted'),
    right: trans.__('Just right'),
    plateau: trans.__('Plateau'),
    overfit: trans.__('Over-fitted'),
    diverging: trans.__('Diverging'),
    nan: trans.__('Not a number')
  };
  return labels[verdict];
}

/** Each verdict is a pair of curves, training below and held out above, so that it is not told by colour alone. */
export const VERDICT_SHAPES: Record<Verdict, string> = {
  early: 'M3 8h.1M8 8h.1M13 8h.1',
  learning: 'M2 3c2 6 6 9 12 10',
  underfit: 'M2 2.5l12 4M2 6l12 4',
  right: 'M2 2c1 7 4 9 12 9M2 4.5c1 7 4 9 12 9',
  plateau: 'M2 2c.6 4 1.6 5 3 5h9M2 5c.6 4 1.6 5 3 5h9',
  overfit: 'M2 4c2 6 5 10 12 10M2 2c2 8 6 8 12 1',
  diverging: 'M2 10c4 3 7 1 12-8',
  nan: 'M2 9l4-3 3 3M11 6l3.4 3.4m0-3.4L11 9.4'
};

/** How bad it is, for colours. */
export function toneOf(verdict: Verdict): 'good' | 'warn' | 'bad' | 'quiet' {
  switch (verdict) {
    case 'right':
      return 'good';
    case 'nan':
    case 'diverging':
      return 'bad';
    case 'overfit':
    case 'underfit':
    case 'plateau':
      return 'warn';
    default:
      return 'quiet';
  }
}
