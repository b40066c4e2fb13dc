import type { ApiClient } from './client';
import { at } from './paths';
import type { LogErrors, LogLines, LogMatches, SeriesDelta } from './types';

/** Which lines of a log: those around a byte. */
export interface ILinesAsked {
  at: number;
  before: number;
  after: number;
}

/** What is searched for in a log, and from which byte on. */
export interface ISearchAsked {
  text: string;
  regex: boolean;
  matchCase: boolean;
  begin: number;
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

  /** Lines of a job's log around a byte. */
  lines(job: string, asked: ILinesAsked): Promise<LogLines> {
    const query = texts({ at: asked.at, before: asked.before, after: asked.after });
    return this._client.json(at('GET', 'jobs/{id}/log/lines', { id: job }), { query });
  }

  /** Lines of a job's log that hold a text. */
  search(job: string, asked: ISearchAsked, signal: AbortSignal): Promise<LogMatches> {
    const { text, regex, matchCase, begin } = asked;
    const query = { q: text, ...texts({ regex, case: matchCase, begin, limit: 1000 }) };
    return this._client.json(at('GET', 'jobs/{id}/log/search', { id: job }), { query, signal });
  }

  /** Errors that a job's log tells of. */
  errors(job: string, begin: number, signal: AbortSignal): Promise<LogErrors> {
    const query = texts({ begin });
    return this._client.json(at('GET', 'jobs/{id}/log/errors', { id: job }), { query, signal });
  }
}

function texts(values: Record<string, number | boolean>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}
