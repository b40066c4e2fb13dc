import { Signal } from '@lumino/signaling';
import type { IFollower } from '../../../../src/api';
import type { MetricRules, MetricRulesChange, RuleSet, RulesTried } from '../../../../src/api';
import type { LinesOfLog } from '../../../../src/panels/rules/model';
import type { IMetricRules } from '../../../../src/tokens/metrics';

/** The rules that a server keeps at first. */
export function someRules(change: Partial<MetricRules> = {}): MetricRules {
  const rules = [{ template: 'loss {value} at {step}', name: 'loss' }];
  return { revision: 3, rules, ignore: ['lr', 'train/*'], automatic: true, trouble: '', ...change };
}

/** What is found in three lines. */
export function someFound(): RulesTried {
  return {
    lines: [
      { text: 'loading 12 files', spans: [], rule: null },
      {
        text: 'loss 0.5 at 30',
        spans: [
          { begin: 5, end: 8, role: 'value', name: 'loss' },
          { begin: 12, end: 14, role: 'step', name: '' }
        ],
        rule: 0
      },
      {
        text: 'epoch 2: acc 0.75',
        spans: [{ begin: 13, end: 17, role: 'value', name: 'acc' }],
        rule: null
      }
    ],
    series: [
      { name: 'loss', points: 1, step: 30, value: 0.5 },
      { name: 'acc', points: 2, step: 2, value: 0.75 }
    ],
    more: false
  };
}

/** Rules of a server that a test plays. */
export class FakeRules implements IMetricRules {
  kept = someRules();
  found: RulesTried = someFound();
  failure: Error | null = null;
  readonly tries: [RuleSet, string][] = [];
  readonly changes: MetricRulesChange[] = [];

  show(): Promise<MetricRules> {
    return Promise.resolve(this.kept);
  }

  change(change: MetricRulesChange): Promise<MetricRules> {
    if (this.failure) {
      return Promise.reject(this.failure);
    }
    this.changes.push(change);
    this.kept = someRules({ revision: this.kept.revision + 1 });
    return Promise.resolve(this.kept);
  }

  tryOut(rules: RuleSet, text: string): Promise<RulesTried> {
    this.tries.push([rules, text]);
    return this.failure ? Promise.reject(this.failure) : Promise.resolve(this.found);
  }
}

/** A log that a test plays. */
export class FakeLines implements LinesOfLog {
  constructor(readonly lines: string[] = []) {}

  readonly changed = new Signal<this, void>(this) as unknown as LinesOfLog['changed'];
  shown = 0;

  get length(): number {
    return this.lines.length;
  }

  line(index: number): string {
    return this.lines[index];
  }

  show(): IFollower {
    this.shown++;
    return { isDisposed: false, change: () => undefined, dispose: () => void this.shown-- };
  }

  add(line: string): void {
    this.lines.push(line);
    (this.changed as unknown as Signal<this, void>).emit();
  }
}
