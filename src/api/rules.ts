import type { ApiClient } from './client';
import { at } from './paths';
import type { MetricRules, MetricRulesChange, RuleSet, RulesTried } from './types';

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
