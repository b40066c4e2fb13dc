import { Token } from '@lumino/coreutils';
import type { MetricRules, MetricRulesChange, RuleSet, RulesTried } from '../api';

/** The rules by which metrics are found in logs. */
export interface IMetricRules {
  show(): Promise<MetricRules>;
  /** Rejects for a rule that means nothing, and when somebody else was faster. */
  change(change: MetricRulesChange): Promise<MetricRules>;
  /** What rules find in a text; nothing is kept. */
  tryOut(rules: RuleSet, text: string): Promise<RulesTried>;
}

export const IMetricRules = new Token<IMetricRules>(
  'jupyter-crispdm:IMetricRules',
  'The rules by which metrics are found in logs.'
);

/** The commands for rules. */
export namespace RuleCommands {
  export const edit = 'crispdm:metric-rules';
}
