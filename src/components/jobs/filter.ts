import type { Job } from '../../api';
import { own } from '../../api/own';

/** The name of an environment by its id. */
export type NameOf = (id: string) => string;

type Test = (job: Job, value: string, nameOf: NameOf) => boolean;

/** What can stand before a colon in the search line. */
const FIELDS: Readonly<Record<string, Test>> = {
  tag: (job, value) => job.tags.some(tag => same(tag, value)),
  owner: (job, value) => same(job.owner, value),
  via: (job, value) => same(job.via, value),
  state: (job, value) => job.state.startsWith(value),
  env: (job, value, nameOf) => holds(nameOf(job.environment), value),
  id: (job, value) => job.id.toLowerCase().startsWith(value),
  name: (job, value) => holds(job.name, value),
  reason: (job, value) => holds(job.reason, value)
};
const TERM = /(?:([a-z]+):)?("[^"]*"?|\S+)/gi;

/**
 * The jobs that fit all terms of a search line.
 *
 * A word is looked for everywhere. `tag:x owner:y state:failed,lost` look in one field, where a comma means
 * “or”. A value with spaces stands in quotes.
 */
export function filterJobs(jobs: readonly Job[], text: string, nameOf: NameOf): readonly Job[] {
  const tests = readTerms(text);
  return tests.length === 0 ? jobs : jobs.filter(job => tests.every(fits => fits(job, nameOf)));
}

/** The search line with a tag's term added, or taken away when it is there. */
export function toggleTag(text: string, tag: string): string {
  const term = tagTerm(tag);
  return hasTag(text, tag) ? text.replace(term, '').trim() : `${text.trim()} ${term}`.trim();
}

/** Whether the search line asks for a tag. */
export function hasTag(text: string, tag: string): boolean {
  return [...text.matchAll(TERM)].some(([term]) => term === tagTerm(tag));
}

function tagTerm(tag: string): string {
  return /[\s,"]/.test(tag) ? `tag:"${tag.replaceAll('"', '')}"` : `tag:${tag}`;
}

function readTerms(text: string): ((job: Job, nameOf: NameOf) => boolean)[] {
  return [...text.toLowerCase().matchAll(TERM)].map(([whole, field, value]) => {
    const test = field === undefined ? undefined : own(FIELDS, field);
    if (!test) {
      const word = whole.replaceAll('"', '');
      return (job, nameOf) => isAnywhere(job, word, nameOf);
    }
    const isQuoted = value.startsWith('"');
    const values = isQuoted ? [value.replaceAll('"', '')] : value.split(',').filter(Boolean);
    return (job, nameOf) => values.some(one => test(job, one, nameOf));
  });
}

function isAnywhere(job: Job, word: string, nameOf: NameOf): boolean {
  const { name, id, state, owner, via, reason, environment, tags } = job;
  return [name, id, state, owner, via, reason, nameOf(environment), ...tags].some(text =>
    holds(text, word)
  );
}

function holds(text: string, word: string): boolean {
  return text.toLowerCase().includes(word);
}

function same(text: string, word: string): boolean {
  return text.toLowerCase() === word;
}
