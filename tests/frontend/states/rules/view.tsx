import { nullTranslator } from '@jupyterlab/translation';
import React from 'react';
import type { MetricRules, RulesTried } from '../../../../src/api';
import { ApiError } from '../../../../src/api';
import { RulesDialog } from '../../../../src/panels/rules';
import { RulesModel } from '../../../../src/panels/rules/model';
import { FakeLines, FakeRules, someFound, someRules } from '../../panels/rules/fakes';
import type { IScene, IView } from '../scene';
import { LONG, times, view } from '../scene';
import { Lumino, REFUSAL } from '../workbench';

function dialog(
  change: Partial<FakeRules> = {},
  lines: FakeLines | null = new FakeLines()
): IScene['element'] {
  return () => (
    <Lumino
      make={() => {
        const rules = Object.assign(new FakeRules(), change);
        return new RulesDialog(new RulesModel(rules, lines), nullTranslator);
      }}
    />
  );
}

const NOTHING: RulesTried = { lines: [], series: [], more: false };
const NONE: MetricRules = someRules({ revision: 0, rules: [], ignore: [] });

function manyLines(): RulesTried {
  return {
    lines: times(500, at => ({
      text: `epoch ${at}: loss ${(1 / (at + 1)).toFixed(4)}`,
      spans: [
        {
          begin: `epoch ${at}: loss `.length,
          end: `epoch ${at}: loss `.length + 6,
          role: 'value',
          name: 'loss'
        }
      ],
      rule: null
    })),
    series: times(40, at => ({ name: `layer${at}/loss`, points: 500, step: 499, value: 0.5 })),
    more: true
  };
}

export const RULES: IView = view({
  name: 'metric-rules',
  files: [
    'panels/rules/body.tsx',
    'panels/rules/index.ts',
    'components/rules/editor.tsx',
    'components/rules/preview.tsx'
  ],
  width: 1040,
  height: 620,
  scenes: {
    empty: {
      element: dialog({ kept: NONE, found: NOTHING }),
      says: ['No output yet.', 'Add a rule', 'Save rules'],
      hides: ['Rule 1']
    },
    loading: {
      element: dialog({ tryOut: () => new Promise(() => undefined) }),
      says: ['Loading…'],
      roles: { mark: 0 }
    },
    error: {
      element: dialog({ failure: new ApiError(503, { message: REFUSAL }) }),
      says: [REFUSAL],
      roles: { alert: 1 }
    },
    usual: {
      element: dialog(),
      says: [
        'loss {value} at {step}',
        'rule 1',
        'loss',
        'acc',
        '2 points',
        'lr, train/*',
        'Make a rule'
      ],
      roles: { listitem: 5 }
    },
    refused: {
      element: dialog({
        failure: new ApiError(400, {
          message: 'Rule 1 means nothing: a brace is left open.',
          details: { field: 'rules.rules[0].template' }
        })
      }),
      says: ['Rule 1 means nothing: a brace is left open.']
    },
    typed: {
      element: dialog({ found: NOTHING }, null),
      says: ['Some lines to try them on'],
      hides: ['No output yet.']
    },
    long: {
      element: dialog({
        kept: someRules({ rules: [{ template: `${LONG} {value} `.repeat(2), name: LONG }] }),
        found: {
          ...someFound(),
          lines: [{ text: `${LONG} ${'x'.repeat(300)} 0.5`, spans: [], rule: 0 }],
          series: [{ name: LONG, points: 1, step: null, value: null }]
        }
      }),
      says: [LONG, 'x'.repeat(300)]
    },
    many: {
      element: dialog({
        kept: someRules({
          rules: times(20, at => ({ template: `line ${at} {value}`, name: `s${at}` }))
        }),
        found: manyLines()
      }),
      says: ['line 19 {value}', 'epoch 499: loss 0.0020', 'layer39/loss'],
      roles: { listitem: 540 }
    }
  }
});
