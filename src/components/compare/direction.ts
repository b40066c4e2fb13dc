import { own } from '../../api/own';

/** Whether a metric is better when it is low or high; null where nobody said and its name does not tell. */
export type Direction = 'low' | 'high' | null;

/** What somebody said about metrics, by name. */
export type Directions = Readonly<Record<string, Direction>>;

const LOW =
  /loss|err(or)?s?($|[^a-z])|mae|mse|rmse|mape|perplexity|ppl($|[^a-z])|cost|distance|divergence|entropy|fid($|[^a-z])|latency|(^|[^a-z])(seconds|time)/i;
const HIGH =
  /acc(uracy)?($|[^a-z])|score|f1|auc|precision|recall|(^|[^a-z])m?(ap|iou)($|[^a-z0-9])|iou|dice|r2|bleu|rouge|reward|return|psnr|ssim|throughput/i;

/** Guess by a metric's name. */
export function guessDirection(name: string): Direction {
  if (LOW.test(name)) {
    return 'low';
  }
  return HIGH.test(name) ? 'high' : null;
}

/** What holds for a metric: what was said, else what its name tells. */
export function directionOf(name: string, said: Directions): Direction {
  const found = own(said, name);
  return found === undefined ? guessDirection(name) : found;
}

/** What the next press of the button says: low, high, neither, and again. */
export function nextDirection(direction: Direction): Direction {
  return direction === 'low' ? 'high' : direction === 'high' ? null : 'low';
}

/** The better of two numbers. */
export function better(direction: 'low' | 'high', a: number, b: number): number {
  return direction === 'low' ? Math.min(a, b) : Math.max(a, b);
}
