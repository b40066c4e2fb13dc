import type { ApiClient } from './client';
import { at } from './paths';
import type { SeriesDelta } from './types';

/** A piece of a log: its text and the place of its first byte. */
export interface ILogPiece {
  text: string;
  start: number;
}

/** What can be asked about what runs wrote. */
export class TrackingApi {
  constructor(private readonly _client: ApiClient) {}

  /** The first and the last point of each curve of a job. */
  async lastMetrics(job: string): Promise<Record<string, SeriesDelta>> {
    const query = { points: '2' };
    return (await this._client.json(at('GET', 'jobs/{id}/metrics', { id: job }), { query })).series;
  }

  /** Points of some curves of a job: all, or those that show what is between two places. */
  async metrics(
    job: string,
    names: readonly string[],
    between?: { axis: 'step' | 'time'; begin: number; end: number; points: number }
  ): Promise<Record<string, SeriesDelta>> {
    const query: Record<string, string | string[]> = { name: [...names] };
    if (between) {
      query.axis = between.axis;
      query.begin = String(between.begin);
      query.end = String(between.end);
      query.points = String(between.points);
    }
    return (await this._client.json(at('GET', 'jobs/{id}/metrics', { id: job }), { query })).series;
  }

  /** The bytes of a job's log in a range, from the first whole character on. */
  async log(job: string, from: number, to: number): Promise<ILogPiece> {
    const headers = { Range: `bytes=${from}-${to - 1}` };
    const response = await this._client.call(at('GET', 'jobs/{id}/log', { id: job }), { headers });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const skipped = from === 0 ? 0 : continuationBytes(bytes);
    return { text: new TextDecoder().decode(bytes.subarray(skipped)), start: from + skipped };
  }
}

/** How many bytes at the front belong to a character that began before them. */
function continuationBytes(bytes: Uint8Array): number {
  let count = 0;
  while (count < Math.min(3, bytes.length) && (bytes[count] & 0xc0) === 0x80) {
    count++;
  }
  return count;
}
