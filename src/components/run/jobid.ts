const RANDOM_BYTES = 4;

/** An id for a new job, of the server's own form: with it, sending a job twice makes one job. */
export function newJobId(now: Date): string {
  const moment = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const random = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
  return `${moment}-${[...random].map(byte => byte.toString(16).padStart(2, '0')).join('')}`;
}
