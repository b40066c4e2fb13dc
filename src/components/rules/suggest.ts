const NUMBER = /(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.])/g;
const PLACE = /\b(?:global[ _])?(epoch|step|iteration|iter|batch|round)\b[\s:=#[(]*$/i;
const NAME = /([A-Za-z_][\w./-]*)[\s"']*[:=]?[\s"']*$/;
const WORDS = new Set([
  'at',
  'in',
  'of',
  'and',
  'is',
  'to',
  'on',
  'after',
  'value',
  'name',
  'step',
  'epoch'
]);
const MOST = 300;

/**
 * A template for lines like one: its numbers are gaps, named after the word in front of them.
 *
 * Empty when the line has no number that could be a metric.
 */
export function suggest(line: string): string {
  const used = new Set<string>();
  let end = 0;
  let template = '';
  for (const match of line.matchAll(NUMBER)) {
    const before = line.slice(end, match.index).replace(/[{}]/g, '');
    template += `${before}{${gapOf(before, used)}}`;
    end = match.index + match[0].length;
  }
  template = (template + (/^[)\]%]+/.exec(line.slice(end))?.[0] ?? '')).trim();
  const isMetric = [...used].some(name => name !== 'step' && name !== 'epoch');
  return isMetric && template.length <= MOST && !/\}\{/.test(template) ? template : '';
}

/** What stands in a gap, by the text in front of it: a place, a series, or anything. */
function gapOf(before: string, used: Set<string>): string {
  const place = PLACE.exec(before)?.[1]?.toLowerCase();
  const word = NAME.exec(before)?.[1] ?? '';
  const name = place ? (place === 'epoch' ? 'epoch' : 'step') : word;
  if (name === '' || used.has(name) || (!place && WORDS.has(name.toLowerCase()))) {
    return '*';
  }
  used.add(name);
  return name;
}
