import type { Job } from '../api';

/** The jobs that hold every word of the text in their name, state, owner, environment, id or tags. */
export function filterJobs(
  jobs: readonly Job[],
  text: string,
  environmentName: (id: string) => string
): readonly Job[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) {
    return jobs;
  }
  return jobs.filter(job => {
    const place = environmentName(job.environment);
    const all = [job.name, job.state, job.owner, place, job.id, ...job.tags];
    const searched = all.join('\n').toLowerCase();
    return words.every(word => searched.includes(word));
  });
}
