import type { TranslationBundle } from '@jupyterlab/translation';
import type { Run } from '../../../api';
import { runStateLabel } from '../fields';
import type { IScale } from './scale';
import { axisOf, scaleOf, wordAt } from './scale';

/** Steps between the two ends of a range of numbers: the eye tells no more apart in a thin line. */
const STEPS = 16;
/** Words with a colour of their own; others share a quiet one. */
const WORDS = 7;
const ONE = 'var(--crispdm-accent)';
const QUIET = 'color-mix(in srgb, var(--crispdm-quiet) 50%, transparent)';

/** A word of the field that colours, with what has it. */
export interface IColouredWord {
  text: string;
  colour: string;
  /** The runs that have it, by their places in the list. */
  runs: readonly number[];
}

/** How runs are coloured by a field. */
export interface IColouring {
  /** The colour of each run, as a place in `colours`. */
  of: Uint8Array;
  /** As a style sheet writes them. */
  colours: readonly string[];
  words: readonly IColouredWord[];
  /** What stands at the two ends of the colours of numbers; null where there are none. */
  ends: readonly [string, string] | null;
}

/** Colour runs by a field: numbers from one colour to another, words each by its own. Without a field all are alike. */
export function colouringOf(
  trans: TranslationBundle,
  runs: readonly Run[],
  field: string
): IColouring {
  const of = new Uint8Array(runs.length);
  if (field === '') {
    return { of, colours: [ONE], words: [], ends: null };
  }
  const scale = scaleOf(trans, runs, axisOf(field).field);
  return scale.kind === 'words' ? byWords(trans, scale, of) : byNumbers(trans, scale, of);
}

function byNumbers(trans: TranslationBundle, scale: IScale, of: Uint8Array): IColouring {
  const colours = Array.from({ length: STEPS }, (_, at) => {
    const share = Math.round((100 * at) / (STEPS - 1));
    const [low, high] = [`var(--crispdm-ramp-low) ${100 - share}%`, `var(--crispdm-ramp-high)`];
    return `color-mix(in oklch increasing hue, ${low}, ${high})`;
  });
  scale.places.forEach((place, at) => {
    of[at] = Number.isNaN(place) ? STEPS : Math.round(place * (STEPS - 1));
  });
  return {
    of,
    colours: [...colours, QUIET],
    words: missing(trans, of, STEPS),
    ends: scale.ends
  };
}

function byWords(trans: TranslationBundle, scale: IScale, of: Uint8Array): IColouring {
  const runsOf: number[][] = scale.words.map(() => []);
  const none: number[] = [];
  scale.places.forEach((_, at) => {
    const word = wordAt(scale, at);
    (word === null ? none : runsOf[word]).push(at);
  });
  const order = scale.words.map((_, at) => at).sort((a, b) => runsOf[b].length - runsOf[a].length);
  const own = new Set(order.slice(0, WORDS));
  const colours = [...own].map((_, at) => `var(--crispdm-series-${at})`);
  const words: IColouredWord[] = [];
  const rest: number[] = [];
  scale.words.forEach((word, at) => {
    const runs = runsOf[at];
    if (!own.has(at)) {
      rest.push(...runs);
      return;
    }
    const text = scale.field === 'state' ? runStateLabel(trans, word as Run['state']) : word;
    runs.forEach(run => (of[run] = words.length));
    words.push({ text, colour: colours[words.length], runs });
  });
  [...rest, ...none].forEach(run => (of[run] = colours.length));
  if (rest.length > 0) {
    words.push({ text: trans.__('others'), colour: QUIET, runs: rest });
  }
  return {
    of,
    colours: [...colours, QUIET],
    words: [...words, ...(none.length > 0 ? missing(trans, of, colours.length, none) : [])],
    ends: null
  };
}

function missing(
  trans: TranslationBundle,
  of: Uint8Array,
  bucket: number,
  runs = [...of.keys()].filter(at => of[at] === bucket)
): IColouredWord[] {
  return runs.length === 0 ? [] : [{ text: trans.__('no value'), colour: QUIET, runs }];
}

/** The colours as a canvas takes them: in the theme that an element stands in. */
export function painted(node: HTMLElement, colours: readonly string[]): readonly string[] {
  const probe = node.ownerDocument.createElement('span');
  probe.hidden = true;
  node.append(probe);
  const made = colours.map(colour => {
    probe.style.color = colour;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return made;
}
