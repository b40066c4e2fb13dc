import React from 'react';
import { WorkBar } from '../../../src/components/snapshots/bar';
import { SaveStatus } from '../../../src/components/snapshots/status';
import { aWork, FakeSaver, FakeShelf, loaded } from '../snapshots';
import type { IScene, IView } from './scene';
import { LONG, times, view } from './scene';
import { press, quiet } from './workbench';

const HTML = '<img src=x onerror="alert(1)"> & <b>bold</b>';
const SOME = [
  aWork(),
  aWork('small learning rate', { note: '', size: 900, shared: true }),
  aWork('as the clinic has it', { by: 'bo', shared: true, note: 'do not touch' }),
  aWork(HTML, { note: '<script>1</script>', size: 3_400_000 })
];
const first = (root: HTMLElement): void =>
  root.querySelector<HTMLElement>('[role="row"][data-index="0"]')!.click();

function bar(change: Partial<FakeShelf>): IScene['element'] {
  return () => (
    <div className="crispdm-Widget">
      <WorkBar shelf={Object.assign(new FakeShelf(), change)} />
    </div>
  );
}

const scenes = {
  empty: {
    element: bar({}),
    says: ['Nothing is saved under a name yet.', 'Save as…', 'Import…'],
    roles: { grid: 0, status: 1 }
  },
  loading: {
    element: bar({ works: null, said: { kind: 'busy', action: 'list' } }),
    says: ['Asking for the saved work…'],
    hides: ['Nothing is saved']
  },
  error: {
    element: bar({
      works: null,
      said: { kind: 'failed', action: 'list', name: '', reason: 'The server cannot be reached.' }
    }),
    says: ['The saved work cannot be shown. The server cannot be reached.']
  },
  usual: {
    element: bar({
      works: SOME,
      current: 'before lunch',
      said: loaded('before lunch'),
      canUndo: true
    }),
    act: first,
    says: [
      'before lunch',
      HTML,
      'with you',
      '3.2 MiB',
      '“before lunch” is loaded.',
      'Undo loading'
    ],
    roles: { row: 5 }
  },
  misfits: {
    element: bar({
      works: SOME,
      canUndo: true,
      said: loaded(
        'before lunch',
        [
          { name: 'train/Optimizer', reason: 'this value is no longer possible' },
          { name: 'data/Old field', reason: 'it is no longer on this page' }
        ],
        3
      )
    }),
    says: ['2 values were left out:', 'train/Optimizer', '3 values will be there']
  },
  saving: {
    element: bar({ works: SOME }),
    act: (root: HTMLElement) => press(root, 'Save as…'),
    says: ['Name', 'Note', 'Cancel']
  },
  question: {
    element: bar({ works: SOME, question: { about: 'replace', name: LONG, yes: quiet } }),
    says: ['Replace it?', 'Replace'],
    roles: { alertdialog: 1 }
  },
  long: {
    element: bar({
      works: [aWork(LONG, { note: LONG, by: 'a-name-that-a-directory-gave' })],
      said: { kind: 'failed', action: 'save', name: LONG, reason: LONG }
    }),
    says: [LONG]
  },
  many: {
    element: bar({ works: times(1000, at => aWork(`run ${at}`, { note: `attempt ${at}` })) }),
    says: ['run 0'],
    roles: { row: { most: 60 } }
  }
} satisfies Record<string, IScene>;

const BAR: IView = view({
  name: 'saved-work',
  files: ['widgets/snapshots/bar.tsx', 'components/snapshots/bar.tsx'],
  width: 900,
  height: 420,
  scenes
});

const NARROW: IView = view({
  name: 'saved-work-narrow',
  files: ['widgets/snapshots/bar.tsx'],
  width: 560,
  height: 360,
  scenes: { usual: scenes.usual, long: scenes.long },
  without: {
    empty: 'The view `saved-work` shows it.',
    loading: 'The view `saved-work` shows it.',
    error: 'The view `saved-work` shows it.',
    many: 'The view `saved-work` shows it.'
  }
});

function status(change: Partial<FakeSaver>, ...misfits: string[]): IScene['element'] {
  return () => (
    <SaveStatus
      saver={Object.assign(new FakeSaver(), change)}
      misfits={misfits.map(name => ({ name, reason: 'this value is no longer possible' }))}
      onTakeOver={quiet}
    />
  );
}

const STATUS: IView = view({
  name: 'save-status',
  files: ['components/snapshots/status.tsx'],
  width: 620,
  height: 60,
  scenes: {
    loading: { element: status({ state: { kind: 'saving' } }), says: ['Saving…'] },
    error: {
      element: status({ state: { kind: 'failed', reason: 'The disk is full.' } }),
      says: ['Not saved: The disk is full.']
    },
    usual: { element: status({}), says: ['Saved'] },
    tabs: {
      element: status({ others: new Map([['train/Epochs', 5]]) }, 'train/Rate'),
      says: ['Another tab of yours changed 1 value.', '1 value did not come back', 'Use those'],
      roles: { alert: 1 }
    },
    long: {
      element: status({ state: { kind: 'failed', reason: LONG } }, `train/${LONG}`),
      says: [LONG]
    }
  },
  without: { empty: 'It is not there where nothing is saved.', many: 'It counts them.' }
});

export const SNAPSHOTS = [BAR, NARROW, STATUS];
