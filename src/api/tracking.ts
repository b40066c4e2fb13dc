import type { ApiClient } from './client';
import { at } from './paths';
import type {
  MetricRules,
  MetricRulesChange,
  RuleSet,
  RulesTried,
  LogErrors,
  LogLines,
  LogMatches,
  SeriesDelta
} from './types';

/** Rows of a piece of curves, of which the server gives many more where it has them. */
const SMALL_PIECE = 100_000;

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

/** The rules by which metrics are found in logs. */
export class RulesApi {
  constructor(private readonly _client: ApiClient) {}

  show(): Promise<MetricRules> {
    return this._client.json(at('GET', 'tracking/rules'));
  }

  change(change: MetricRulesChange): Promise<MetricRules> {
    return this._client.json(at('PUT', 'tracking/rules'), { body: change });
  }

  tryOut(rules: RuleSet, text: string): Promise<RulesTried> {
    return this._client.json(at('POST', 'tracking/rules/try'), { body: { rules, text } });
  }
}

/** Where curves are asked for: those of a job, or those of any run. */
export type CurvesPath = 'jobs/{id}/metrics' | 'runs/{id}/metrics';

/** What can be asked about what runs wrote. */
export class TrackingApi {
  constructor(
    private readonly _client: ApiClient,
    private readonly _curves: CurvesPath = 'jobs/{id}/metrics'
  ) {}

  /** The first and the last point of each curve of a job or a run, as the following ones. */
  async lastMetrics(job: string): Promise<Record<string, SeriesDelta>> {
    const query = { points: '2' };
    return (await this._client.json(at('GET', this._curves, { id: job }), { query })).series;
  }

  /** The points of some curves of a job that show what is between two places. */
  async metrics(
    job: string,
    names: readonly string[],
    between: { axis: 'step' | 'time'; begin: number; end: number; points: number }
  ): Promise<Record<string, SeriesDelta>> {
    const { axis, begin, end, points } = between;
    const query = {
      name: names,
      axis,
      begin: String(begin),
      end: String(end),
      points: String(points)
    };
    return (await this._client.json(at('GET', this._curves, { id: job }), { query })).series;
  }

  /** All points of some curves of a job, in as many answers as the server makes of them. */
  async *everything(
    job: string,
    names: readonly string[]
  ): AsyncGenerator<Record<string, SeriesDelta>> {
    for (let [since, isMore] = [0, true]; isMore;) {
      const query = { name: names, since: String(since) };
      const found = await this._client.json(at('GET', this._curves, { id: job }), { query });
      yield found.series;
      // A piece that is small was the last: what is logged meanwhile is not waited for.
      isMore = found.cursor - since >= SMALL_PIECE;
      since = found.cursor;
    }
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
