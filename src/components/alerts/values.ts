import type { TranslationBundle } from '@jupyterlab/translation';
import type { AlertRule } from '../../api';

/** A rule as it is typed. */
export interface IAlertFields {
  metric: string;
  when: AlertRule['when'];
  /** The limit of a value that must not be above or below it. */
  value: string;
  /** For how long a value may be no better. */
  patience: string;
  unit: AlertRule['unit'];
  /** Which values are better; empty: as the name of the metric tells. */
  better: 'low' | 'high' | '';
  /** By how much a value must be better to count. */
  least: string;
  then: AlertRule['then'];
}

/** What a new rule says at first. */
export const NEW_ALERT: IAlertFields = {
  metric: '',
  when: 'stuck',
  value: '',
  patience: '10',
  unit: 'values',
  better: '',
  least: '',
  then: 'notice'
};

/** What a rule says that leaves something out. */
type PartialRule = Partial<AlertRule> & Pick<AlertRule, 'when'>;

/** A rule with all that it leaves out, in an order in which two that say the same are the same as text, too. */
export function wholeRule(rule: PartialRule): AlertRule {
  return {
    when: rule.when,
    metric: rule.metric ?? '',
    value: rule.value ?? null,
    patience: rule.patience ?? null,
    unit: rule.unit ?? 'values',
    least: rule.least ?? 0,
    better: rule.better ?? null,
    then: rule.then ?? 'notice'
  };
}

/** The fields from which rules would have come. */
export function alertFields(rules: readonly PartialRule[]): readonly IAlertFields[] {
  return rules.map(wholeRule).map(({ value, patience, better, least, ...rule }) => ({
    ...rule,
    value: value === null ? '' : String(value),
    patience: patience === null ? '' : String(patience),
    better: better ?? '',
    least: least === 0 ? '' : String(least)
  }));
}

/** What the fields say, or what is wrong with the first that says nothing. */
export function readAlerts(
  fields: readonly IAlertFields[],
  trans: TranslationBundle
): { rules: AlertRule[] } | { error: string } {
  const rules: AlertRule[] = [];
  for (const [at, one] of fields.entries()) {
    const error = lacks(one, trans);
    if (error !== '') {
      return { error: trans.__('Alert %1: %2', at + 1, error) };
    }
    rules.push(ruleOf(one));
  }
  return { rules };
}

/** What is wrong with the fields of a rule; empty when nothing is. */
function lacks(fields: IAlertFields, trans: TranslationBundle): string {
  const { when, metric, value, patience, least } = fields;
  if (when === 'nan') {
    return '';
  }
  if (metric.trim() === '') {
    return trans.__('say for which metric.');
  }
  if (when !== 'stuck') {
    return Number.isFinite(numberOf(value)) ? '' : trans.__('the limit must be a number.');
  }
  const count = numberOf(patience);
  if (!Number.isInteger(count) || count < 1) {
    return trans.__('for how long must be a whole number, at least 1.');
  }
  const margin = least.trim() === '' ? 0 : numberOf(least);
  return Number.isFinite(margin) && margin >= 0
    ? ''
    : trans.__('by how much must be a number, at least 0.');
}

/** The rule that fields say; what is of no use to its kind is left out. */
function ruleOf(fields: IAlertFields): AlertRule {
  const { when, then } = fields;
  const metric = fields.metric.trim();
  if (when === 'nan') {
    return wholeRule({ when, metric, then });
  }
  if (when !== 'stuck') {
    return wholeRule({ when, metric, then, value: numberOf(fields.value) });
  }
  return wholeRule({
    when,
    metric,
    then,
    patience: numberOf(fields.patience),
    unit: fields.unit,
    least: fields.least.trim() === '' ? 0 : numberOf(fields.least),
    better: fields.better === '' ? null : fields.better
  });
}

/** A number as it is typed; not-a-number for nothing. */
function numberOf(text: string): number {
  return Number(text.trim() || NaN);
}
