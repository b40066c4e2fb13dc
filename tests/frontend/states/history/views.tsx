import { nullTranslator } from '@jupyterlab/translation';
import React from 'react';
import { VersionsBody } from '../../../../src/panels/history/body';
import { LayoutsDialog, LayoutsModel } from '../../../../src/panels/history/layouts';
import { VersionsModel } from '../../../../src/panels/history/model';
import type { Comparison, ILine, IPart } from '../../../../src/tokens/history';
import type { KeptLayout, KeptVersion } from '../../../../src/api';
import { aLayout, aVersion, FakeHistory } from '../../managers/history/fakes';
import type { IScene, IView } from '../scene';
import { LONG, NOW, times, view } from '../scene';
import { Lumino, press, REFUSAL } from '../workbench';

const never = <T,>(): Promise<T> => new Promise(() => undefined);
const at = (hours: number): string => new Date(Date.parse(NOW) - hours * 3_600_000).toISOString();

function line(kind: ILine['kind'], text: string, before?: number, after?: number): ILine {
  return { kind, text, before: before ?? null, after: after ?? null };
}
const CHANGED: IPart = {
  cell: { number: 3, type: 'code', was: 'code' },
  kind: 'changed',
  lines: [
    line(' ', 'for epoch in range(80):', 1, 1),
    line('-', '    rate = 0.1', 2),
    line('+', '    rate = 0.1 * 0.97 ** epoch', undefined, 2),
    line('+', '    log(rate=rate)', undefined, 3),
    line(' ', '    train(rate)', 3, 4)
  ]
};
const NOTEBOOK: Comparison = {
  kind: 'parts',
  left: 0,
  parts: [
    {
      cell: { number: 1, type: 'markdown', was: 'markdown' },
      kind: 'added',
      lines: [line('+', '# Digits, second attempt', undefined, 1)]
    },
    CHANGED,
    { cell: { number: 4, type: 'raw', was: 'code' }, kind: 'changed', lines: [] },
    {
      cell: { number: 7, type: 'code', was: 'code' },
      kind: 'removed',
      lines: [line('-', 'model.summary()', 1)]
    }
  ]
};
const TEXT: Comparison = {
  kind: 'parts',
  left: 1234,
  parts: [
    {
      cell: null,
      kind: 'changed',
      lines: [
        ...times(30, index => line(' ', `same_${index} = ${index}`, index + 1, index + 1)),
        line('gap', ''),
        line('-', 'x'.repeat(400), 1041),
        line('end', ''),
        line('+', LONG, undefined, 1041)
      ]
    }
  ]
};

interface IShown {
  versions?: KeptVersion[];
  path?: string;
  comparison?: Comparison | Promise<Comparison>;
  failure?: Error;
}

function modelOf(shown: IShown): VersionsModel {
  const { versions = [], path = 'study/digits.ipynb', comparison = { kind: 'same' } } = shown;
  const history = new FakeHistory();
  Object.assign(history, { kept: versions, comparison, failure: shown.failure ?? null });
  const restore = (version: KeptVersion): Promise<KeptVersion> => {
    const made = { ...version, id: version.id + 1000, saved: NOW };
    history.kept = [made, ...history.kept];
    return Promise.resolve(made);
  };
  return new VersionsModel({ history, path, file: () => Promise.resolve(null), restore });
}

function page(shown: IShown): IScene['element'] {
  const model = modelOf(shown);
  return () => (
    <div className="crispdm-View" style={{ height: '100%' }}>
      <VersionsBody model={model} />
    </div>
  );
}

const SOME = times(5, index =>
  aVersion({
    id: 50 - index,
    saved: at(index * 3),
    size: 21_000 - index * 700,
    by: index === 4 ? '' : 'ada'
  })
);
const one = (comparison: IShown['comparison']): IScene['element'] =>
  page({ versions: SOME, comparison });

const VERSIONS: IView = view({
  name: 'versions-page',
  files: ['panels/history/index.ts', 'panels/history/body.tsx'],
  width: 800,
  height: 420,
  scenes: {
    empty: {
      element: page({}),
      says: ['study/digits.ipynb', 'No version is kept yet.'],
      hides: ['Restore…']
    },
    loading: {
      element: () => {
        const model = modelOf({});
        model.load = never;
        return <VersionsBody model={model} />;
      },
      says: ['Loading…'],
      hides: ['No version is kept yet.']
    },
    error: { element: page({ failure: new Error(REFUSAL) }), says: [REFUSAL], roles: { alert: 1 } },
    usual: {
      element: one(NOTEBOOK),
      says: [
        'saved by ada',
        'What has changed since',
        'Cell 1 (markdown): new since then',
        'Cell 3 (code): changed',
        'Cell 4 (raw): was code',
        'Cell 7 then (code): not there any more',
        '    rate = 0.1 * 0.97 ** epoch'
      ],
      roles: { listitem: 5 }
    },
    long: {
      element: page({
        path: `${'folder/'.repeat(20)}${LONG}.py`,
        versions: SOME.map(version => ({ ...version, by: LONG })),
        comparison: TEXT
      }),
      says: [LONG, '1234 more lines are not shown.', '(no line break at the end)']
    },
    many: {
      element: page({
        versions: times(60, index => aVersion({ id: 100 - index, saved: at(index), by: 'ben' })),
        comparison: TEXT
      }),
      says: ['same_29 = 29'],
      roles: { listitem: 60 }
    },
    same: { element: one({ kind: 'same' }), says: ['The file is as it was then.'] },
    outputs: { element: one({ kind: 'same-cells' }), says: ['only outputs or settings'] },
    gone: { element: one({ kind: 'gone' }), says: ['Restoring brings it back.'] },
    binary: { element: one({ kind: 'binary' }), says: ['because this is not text'] },
    large: { element: one({ kind: 'too-large' }), says: ['because this is too large'] },
    different: { element: one({ kind: 'too-different' }), says: ['cannot be shown line by line'] },
    comparing: { element: one(never()), says: ['Loading…', 'Restore…'] },
    incomparable: {
      element: () => {
        const model = modelOf({ versions: SOME });
        Object.defineProperty(model, 'comparisonError', { get: () => REFUSAL });
        return <VersionsBody model={model} />;
      },
      says: [REFUSAL, 'Restore…'],
      roles: { alert: 1 }
    },
    restored: {
      element: one(NOTEBOOK),
      act: root => press(root, 'Restore…'),
      says: ['The file is as it was on', 'What it was before is kept too.', 'Undo'],
      roles: { status: 1 }
    }
  }
});

function layouts(shown: {
  layouts?: KeptLayout[];
  failure?: Error;
  waits?: boolean;
}): IScene['element'] {
  return () => {
    const history = new FakeHistory();
    Object.assign(history, { keptLayouts: shown.layouts ?? [], failure: shown.failure ?? null });
    if (shown.waits) {
      history.layouts = never;
    }
    const model = new LayoutsModel(history);
    void model.load();
    return <Lumino make={() => new LayoutsDialog(model, nullTranslator)} />;
  };
}

const LAYOUTS: IView = view({
  name: 'layouts-dialog',
  files: ['panels/history/layouts.ts', 'panels/history/layoutsbody.tsx'],
  width: 720,
  height: 620,
  scenes: {
    empty: { element: layouts({}), says: ['No layout is kept yet.'] },
    loading: { element: layouts({ waits: true }), says: ['Loading…'] },
    error: {
      element: layouts({ failure: new Error(REFUSAL) }),
      says: [REFUSAL],
      roles: { alert: 1 }
    },
    usual: {
      element: layouts({
        layouts: [
          aLayout({ id: 3, saved: at(0) }),
          aLayout({ id: 2, saved: at(2), workspace: 'auto-k' }),
          aLayout({ id: 1, saved: at(20), documents: [] })
        ]
      }),
      says: ['digits.ipynb, train.py', 'Workspace auto-k', 'No document was open.', 'loads anew'],
      roles: { listitem: 3 }
    },
    long: {
      element: layouts({
        layouts: [
          aLayout({ documents: times(40, index => `a/${index} ${LONG}.ipynb`), workspace: LONG }),
          aLayout({ id: 2, documents: [`${'x'.repeat(200)}.py`] })
        ]
      }),
      says: [LONG]
    },
    many: {
      element: layouts({ layouts: times(20, index => aLayout({ id: index, saved: at(index) })) }),
      says: ['digits.ipynb, train.py'],
      roles: { listitem: 20 }
    }
  }
});

export const HISTORY = [VERSIONS, LAYOUTS];
