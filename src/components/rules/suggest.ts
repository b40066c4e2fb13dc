const NUMBER = /(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.])/g;
const PLACE = /\b(?:global[ _])?(epoch|step|iteration|iter|batch|round)\b[\s:=#[(]*$/i;
const PLACE_AFTER = /^\s*(steps?|iterations?|epochs?)\b/i;
const NAME = /([A-Za-z_][\w./-]*)[\s"']*[:=]?[\s"']*$/;
const JOINED = /[:=][\s"']*$/;
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
const CLOSING = /^[)\]%]+/;
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
    const [number] = match;
    const before = line.slice(end, match.index).replace(/[{}]/g, '');
    end = match.index + number.length;
    template += `${before}{${gapOf(before, number, line.slice(end), used)}}`;
  }
  const after = line.slice(end);
  template = (template + ((CLOSING.exec(after) ?? PLACE_AFTER.exec(after))?.[0] ?? '')).trim();
  const isMetric = [...used].some(name => name !== 'step' && name !== 'epoch');
  return isMetric && template.length <= MOST && !/\}\{/.test(template) ? template : '';
}

/** What stands in a gap, by the text around it: a place, a series, or anything. A count alone is no series. */
function gapOf(before: string, number: string, after: string, used: Set<string>): string {
  const place = (PLACE.exec(before) ?? PLACE_AFTER.exec(after))?.[1]?.toLowerCase();
  const isMeasured = !/^[-+]?\d+$/.test(number) || JOINED.test(before);
  const word = isMeasured ? (NAME.exec(before)?.[1] ?? '') : '';
  const name = place ? (place.startsWith('epoch') ? 'epoch' : 'step') : word;
  if (name === '' || used.has(name) || (!place && WORDS.has(name.toLowerCase()))) {
    return '*';
  }
  used.add(name);
  return name;
}
