import React, { useState } from 'react';
import { FileBrowser } from '../../../../src/components/files/browser';
import type { IPlace } from '../../../../src/components/files/browsing/browsing';
import { Browsing } from '../../../../src/components/files/browsing/browsing';
import type { IChoice } from '../../../../src/components/files/browsing/choice';
import { USUAL } from '../../../../src/components/files/browsing/kept';
import { anEntry, anUpload, aPreview, aTrashed, FakeFiles, FakeUploads, SHARED } from '../../files';
import type { IScene, IView } from '../scene';
import { LONG, times, view } from '../scene';
import { press, refused, REFUSAL, waiting } from '../workbench';

interface IGivenFiles {
  files: FakeFiles;
  uploads?: FakeUploads;
  place?: Partial<IPlace>;
  choice?: IChoice;
  value?: readonly string[];
}

function Shown(props: IGivenFiles): React.JSX.Element {
  const { files, uploads = new FakeUploads(), place, choice, value = [] } = props;
  const [browsing] = useState(() => new Browsing(files, choice, place));
  return (
    <FileBrowser
      browsing={browsing}
      uploads={uploads}
      value={value}
      height={480}
      onChoose={() => undefined}
    />
  );
}

function browser(given: IGivenFiles | (() => IGivenFiles)): IScene['element'] {
  return () => <Shown {...(typeof given === 'function' ? given() : given)} />;
}

const at = (path: string, size: number, modified: string): ReturnType<typeof anEntry> =>
  anEntry(path, { ...(path.endsWith('/') ? {} : { size }), modified: Date.parse(modified) });

function morning(): FakeFiles {
  const files = new FakeFiles().put(
    'people/ann/handwriting/train/',
    'people/ann/handwriting/test/',
    'data/scans/'
  );
  files.entries.set('people/ann', [
    at('people/ann/handwriting/', 0, '2026-11-20T09:12:00Z'),
    at('people/ann/models/', 0, '2026-11-18T16:40:00Z'),
    at('people/ann/labels.csv', 48_211, '2026-11-21T08:02:00Z'),
    at('people/ann/page 9.png', 812_004, '2026-11-19T13:30:00Z'),
    at('people/ann/page 10.png', 798_125, '2026-11-19T13:31:00Z'),
    at('people/ann/evaluate.ipynb', 30_400, '2026-11-21T11:20:00Z'),
    at('people/ann/notes.md', 1204, '2026-11-17T07:55:00Z'),
    at('people/ann/backup.zip', 2.4 * 2 ** 30, '2026-10-02T18:00:00Z')
  ]);
  files.previews.set('people/ann/labels.csv', LABELS);
  files.previews.set('people/ann/evaluate.ipynb', NOTEBOOK);
  files.previews.set(
    'people/ann/notes.md',
    aPreview({ text: '# Notes\n\nThe scans of page 17 are blurred.', truncated: true })
  );
  files.previews.set('people/ann/backup.zip', aPreview({ kind: 'none' }));
  return files;
}

const LABELS = aPreview({
  kind: 'table',
  columns: [
    { name: 'picture', type: 'string' },
    { name: 'digit', type: 'int64' },
    { name: 'certain', type: 'double' }
  ],
  rows: times(12, row => [`page ${row}.png`, row % 10, row === 3 ? null : 0.97 - row / 100]),
  total: 1200,
  truncated: true
});

const NOTEBOOK = aPreview({
  kind: 'notebook',
  cells: [
    { kind: 'markdown', source: '# Which digits are mistaken?' },
    { kind: 'code', source: 'confusion(model, test)' }
  ],
  truncated: true
});

const marked = (name: string): Partial<IPlace> => ({
  path: 'people/ann',
  selected: [`people/ann/${name}`],
  kept: { ...USUAL, expanded: ['people/ann', 'people/ann/handwriting'] }
});

const looking = (name: string, ...says: string[]): IScene => ({
  element: browser(() => ({ files: morning(), place: marked(name) })),
  settles: 250,
  says: [name, ...says]
});

const LONG_FILES = [
  `people/ann/${LONG}/`,
  `people/ann/${LONG}, first of the two cameras.parquet`,
  `people/ann/${LONG}, second of the two cameras.parquet`,
  'people/ann/手写数字识别训练数据集第二个版本经过人工检查的扫描页面和标签以及验证结果的完整备份（最终版）.csv',
  'people/ann/数据.csv'
];

/** Pictures of a data set. */
function manyFiles(count: number): FakeFiles {
  const files = new FakeFiles();
  files.entries.set(
    'people/ann',
    times(count, index => anEntry(`people/ann/scan ${index}.png`, { size: 20_000 + index }))
  );
  return files;
}

const BROWSER: IView = view({
  name: 'file-browser',
  files: [
    'widgets/files/browser.tsx',
    'components/files/browser.tsx',
    'components/files/list/list.tsx',
    'components/files/tree/tree.tsx',
    'components/files/preview/pane.tsx'
  ],
  width: 1000,
  height: 500,
  scenes: {
    empty: {
      element: browser(() => ({ files: withEmptyHome() })),
      says: ['This folder is empty.', 'Upload folder', 'My files'],
      roles: { grid: 1, treeitem: 2 }
    },
    loading: { element: browser(() => ({ files: new FakeFiles() })), says: ['Loading…'] },
    error: {
      element: browser(() => ({ files: refused(waiting(new FakeFiles())) })),
      says: [REFUSAL, 'Try again'],
      roles: { alert: 1, grid: 0 }
    },
    usual: looking('labels.csv', 'handwriting', '1 marked', 'The first 12 of 1,200 rows.'),
    long: {
      element: browser(() => ({
        files: new FakeFiles().put(...LONG_FILES),
        place: { path: 'people/ann', selected: [LONG_FILES[1]] }
      })),
      settles: 250,
      says: [LONG, 'It cannot be read.'],
      roles: { alert: 1 }
    },
    many: {
      element: browser(() => ({ files: manyFiles(10_000) })),
      says: ['scan 9.png'],
      hides: ['scan 900.png'],
      roles: { row: { most: 40 } }
    },
    notebook: looking('evaluate.ipynb', 'Which digits are mistaken?', 'confusion(model, test)'),
    text: looking('notes.md', 'page 17 are blurred', 'Only the beginning is shown.'),
    nopreview: looking('backup.zip', 'There is no preview of files of this kind.'),
    readonly: {
      element: browser(() => ({
        files: Object.assign(new FakeFiles(), { folders: [SHARED] }).put(
          'data/scans/',
          'data/a.csv'
        )
      })),
      says: ['Read only', 'scans'],
      hides: ['Upload']
    },
    nofolder: {
      element: browser(() => ({ files: Object.assign(new FakeFiles(), { folders: [] }) })),
      says: ['You have no folder here.']
    },
    name: {
      element: browser(() => ({ files: morning() })),
      act: root => press(root, 'New folder'),
      says: ['Name of the new folder']
    },
    picking: {
      element: browser(() => ({
        files: morning(),
        place: marked('page 10.png'),
        choice: { pick: 'file', multiple: false },
        value: ['people/ann/labels.csv']
      })),
      says: ['Chosen: people/ann/labels.csv', 'Choose “page 10.png”']
    }
  }
});

function withEmptyHome(): FakeFiles {
  const files = new FakeFiles();
  files.entries.set('people/ann', []);
  return files;
}

function sending(): FakeUploads {
  const all = { size: 4 * 2 ** 20, folder: 'people/ann/handwriting' };
  const list = [
    anUpload({ ...all, id: 'a', name: 'page 1.png' }),
    anUpload({ ...all, id: 'b', name: 'page 2.png', state: 'stalled', speed: 0 }),
    anUpload({ ...all, id: 'c', name: 'page 3.png', state: 'waiting', sent: 0, speed: 0 }),
    anUpload({ ...all, id: 'd', name: 'page 4.png', state: 'paused', speed: 0 })
  ];
  return Object.assign(new FakeUploads(), { list });
}

function troubled(): FakeUploads {
  const list = [
    anUpload({ id: 'a', name: `${LONG}.tar.gz`, state: 'failed', error: 'The quota is full.' }),
    anUpload({ id: 'b', name: 'video.mp4', state: 'interrupted', speed: 0 }),
    anUpload({ id: 'c', name: 'a.csv', state: 'done', speed: 0 })
  ];
  return Object.assign(new FakeUploads(), { list });
}

const UPLOADS: IView = view({
  name: 'file-uploads',
  files: ['components/files/uploads/list.tsx', 'components/files/messages.tsx'],
  width: 760,
  height: 500,
  scenes: {
    usual: {
      element: browser(() => ({ files: morning(), uploads: sending() })),
      says: [
        '0 of 4 files uploaded · 512 KiB/s',
        'no connection, trying again…',
        'waits',
        'paused'
      ],
      roles: { listitem: 5 }
    },
    error: {
      element: browser(() => ({ files: morning(), uploads: troubled() })),
      says: ['The quota is full.', 'interrupted', 'Choose it again', '1 failed'],
      roles: { listitem: 4 }
    },
    taken: {
      element: browser(() => ({
        files: morning(),
        uploads: Object.assign(new FakeUploads(), { taken: ['labels.csv', 'notes.md'] })
      })),
      act: root => {
        const input = root.querySelector<HTMLInputElement>('input[type=file]')!;
        const files = ['labels.csv', 'notes.md', 'c.csv'].map(name => new File([], name));
        Object.defineProperty(input, 'files', { value: files });
        Object.defineProperty(input, 'value', { value: '', writable: true });
        input.dispatchEvent(new Event('change', { bubbles: true }));
      },
      settles: 50,
      says: ['2 of these names are already here: labels.csv, notes.md', 'Keep both', 'Skip these'],
      roles: { alertdialog: 1 }
    }
  },
  without: {
    empty: 'It is there only while something is sent.',
    loading: 'It is there only while something is sent.',
    long: 'Its error has a long name.',
    many: 'Only those in sight are drawn, as in the list.'
  }
});

function thrown(count: number): FakeFiles {
  const trashed = times(count, index =>
    aTrashed(`people/ann/${index === 1 ? LONG : `attempt ${index}`}.csv`)
  );
  return Object.assign(morning(), { trashed });
}

function trash(files: () => FakeFiles): Pick<IScene, 'element' | 'act'> {
  return {
    element: browser(() => ({ files: files() })),
    act: root => press(root, 'Trash')
  };
}

const TRASH: IView = view({
  name: 'file-trash',
  files: ['components/files/trash.tsx'],
  width: 760,
  height: 500,
  scenes: {
    empty: { ...trash(() => thrown(0)), says: ['The trash is empty.'] },
    loading: { ...trash(morning), says: ['Loading…'] },
    usual: {
      ...trash(() => thrown(3)),
      says: ['3 items', 'Restore attempt 0.csv', LONG],
      roles: { listitem: 5 }
    },
    many: {
      ...trash(() => thrown(2000)),
      says: ['2000 items'],
      hides: ['attempt 900.csv'],
      roles: { listitem: { most: 40 } }
    }
  },
  without: {
    error: 'What is refused is said below the list.',
    long: 'One of the usual ones has a long name.'
  }
});

const NARROW: IView = view({
  name: 'file-browser-narrow',
  files: ['components/files/crumbs.tsx', 'components/files/toolbar.tsx'],
  width: 460,
  height: 500,
  scenes: {
    usual: {
      element: browser(() => ({ files: morning(), place: marked('labels.csv') })),
      settles: 250,
      says: ['labels.csv', '1 marked']
    },
    long: {
      element: browser(() => ({
        files: new FakeFiles().put(...LONG_FILES, `${LONG_FILES[0]}deep/`),
        place: { path: `${LONG_FILES[0]}deep` }
      })),
      says: [LONG, 'deep']
    },
    discarded: {
      element: browser(() => ({ files: morning(), place: marked('labels.csv') })),
      act: root => press(root, 'Put into the trash'),
      settles: 50,
      says: ['“labels.csv” is in the trash.', 'Undo']
    }
  },
  without: {
    empty: 'The view `file-browser` shows it.',
    loading: 'The view `file-browser` shows it.',
    error: 'The view `file-browser` shows it.',
    many: 'The view `file-browser` shows it.'
  }
});

export const FILES = [BROWSER, UPLOADS, TRASH, NARROW];
