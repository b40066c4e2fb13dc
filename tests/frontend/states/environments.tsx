import { nullTranslator } from '@jupyterlab/translation';
import React from 'react';
import type { Difference, Package } from '../../../src/api';
import { ApiError } from '../../../src/api';
import type { IEnvironmentValues } from '../../../src/components/environments/values';
import {
  CompareBody,
  CreationDialog,
  CreationModel,
  EnvironmentsBody,
  PackagesBody
} from '../../../src/panels/environments';
import { anEnvironment, FakeEnvironments } from '../support';
import type { IScene, IView } from './scene';
import { LONG, times, view } from './scene';
import {
  commands,
  Lumino,
  press,
  quiet,
  refused,
  REFUSAL,
  someEnvironments,
  type,
  waiting
} from './workbench';

function environmentsOf(...list: ReturnType<typeof anEnvironment>[]): FakeEnvironments {
  return Object.assign(new FakeEnvironments(), { list });
}

function list(environments: FakeEnvironments): IScene['element'] {
  return () => (
    <div className="crispdm-Section" style={{ height: '100%' }}>
      <div className="crispdm-View">
        <EnvironmentsBody environments={environments} commands={commands} />
      </div>
    </div>
  );
}

const LIST: IView = view({
  name: 'environments-panel',
  files: ['panels/environments/body.tsx', 'components/environments/list.tsx'],
  width: 300,
  height: 420,
  scenes: {
    empty: {
      element: list(environmentsOf()),
      says: ['No environments found.', 'New environment…'],
      roles: { searchbox: 0 }
    },
    loading: {
      element: list(waiting(environmentsOf())),
      says: ['Loading…'],
      hides: ['No environments found.']
    },
    error: { element: list(refused(environmentsOf())), says: [REFUSAL], roles: { alert: 1 } },
    usual: {
      element: list(someEnvironments()),
      says: [
        'Virtual environments',
        'vision',
        'uv · Python 3.12.4 · jobs only',
        'Make kernel',
        'Its Python is gone: /usr/bin/python3.8',
        'Interpreters'
      ],
      roles: { listitem: 6, list: 4 }
    },
    long: {
      element: list(
        environmentsOf(
          anEnvironment({
            name: LONG,
            kind: 'uv',
            kernel: { name: '', ready: false, reason: LONG, old: false }
          }),
          anEnvironment({
            id: 'x',
            name: 'x'.repeat(90),
            kind: 'venv',
            usable: false,
            reason: LONG
          })
        )
      ),
      says: [LONG, 'x'.repeat(90)],
      roles: { listitem: 2 }
    },
    many: {
      element: list(
        environmentsOf(
          ...times(1000, at => anEnvironment({ id: `e${at}`, name: `project ${at}`, kind: 'venv' }))
        )
      ),
      says: ['project 999', '1000'],
      roles: { listitem: 1000 }
    },
    nomatch: {
      element: list(someEnvironments()),
      act: root => type(root, 'Filter environments', 'fortran'),
      says: ['No environment matches.'],
      roles: { list: 0 }
    }
  }
});

function dialog(
  values: Partial<IEnvironmentValues>,
  environments = someEnvironments()
): IScene['element'] {
  return () => (
    <Lumino
      make={() => new CreationDialog(new CreationModel(environments, values), nullTranslator)}
    />
  );
}

function refusing(field: string, message: string): FakeEnvironments {
  return Object.assign(someEnvironments(), {
    failure: new ApiError(400, { message, details: { field } })
  });
}

const DIALOG: IView = view({
  name: 'environment-dialog',
  files: ['panels/environments/dialog.ts', 'components/environments/form.tsx'],
  width: 680,
  height: 480,
  scenes: {
    empty: {
      element: dialog({}),
      says: [
        'New environment',
        'Make environment',
        'Letters, digits, dots, dashes and underscores',
        'the best that is installed',
        '3.9.18'
      ]
    },
    error: {
      element: dialog({ name: 'a/b' }, refusing('name', 'name: a name has no “/”.')),
      act: root => press(root, 'Make environment'),
      says: ['name: a name has no “/”.']
    },
    usual: {
      element: dialog({ name: 'study', packages: 'numpy>=1.26\ntorch\nipykernel' }),
      says: ['study', 'One a line, for example: numpy>=1.26.', 'as the server']
    },
    long: {
      element: dialog({ name: 'x'.repeat(90), source: 'file', file: 'deep/'.repeat(40) }),
      says: ['requirements.txt, environment.yml or pyproject.toml, below the root', 'x'.repeat(90)]
    },
    many: {
      element: dialog({ name: 'all', packages: times(1000, at => `package-${at}`).join('\n') }),
      says: ['package-999']
    },
    clone: {
      element: dialog({ name: 'again', source: 'clone', clone: 'vision' }),
      says: ['vision (venv, Python 3.11.7)'],
      hides: ['as the server']
    },
    refused: {
      element: dialog(
        { name: 'again' },
        refusing('packages', 'packages: “nunpy” cannot be found; did you mean “numpy”?')
      ),
      act: root => press(root, 'Make environment'),
      says: ['packages: “nunpy” cannot be found; did you mean “numpy”?']
    }
  },
  without: { loading: 'It begins with what is known.' }
});

/** As wide and as high as the dialog makes it. */
function inDialog(body: React.JSX.Element): React.JSX.Element {
  return <div style={{ padding: 24 }}>{body}</div>;
}

const PACKAGES: Package[] = [
  ['ipykernel', '7.4.0'],
  ['numpy', '2.4.6'],
  ['pillow', '13.0.0'],
  ['torch', '2.9.1+cpu'],
  ['torchvision', '0.24.1']
].map(([name, version]) => ({ name, version }));

function packages(answer: () => Promise<Package[]>): IScene['element'] {
  return () => {
    const environments = someEnvironments();
    environments.packages = answer;
    return inDialog(<PackagesBody environments={environments} id="vision" />);
  };
}

const PACKAGE_LIST: IView = view({
  name: 'packages',
  files: ['panels/environments/packages.tsx', 'components/environments/packages.tsx'],
  width: 568,
  height: 380,
  scenes: {
    empty: {
      element: packages(() => Promise.resolve([])),
      says: ['No package.'],
      roles: { row: 0 }
    },
    loading: { element: packages(() => new Promise(quiet)), says: ['Loading…'] },
    error: {
      element: packages(() => Promise.reject(new Error(REFUSAL))),
      says: [REFUSAL],
      roles: { alert: 1 }
    },
    usual: {
      element: packages(() => Promise.resolve(PACKAGES)),
      says: ['torchvision', '2.9.1+cpu', 'Search in 5 packages'],
      roles: { row: 5 }
    },
    long: {
      element: packages(() =>
        Promise.resolve([{ name: 'x-'.repeat(60), version: '1.0+'.repeat(30) }, ...PACKAGES])
      ),
      says: ['x-'.repeat(60)],
      roles: { row: 6 }
    },
    many: {
      element: packages(() =>
        Promise.resolve(times(1000, at => ({ name: `package-${at}`, version: `${at}.0` })))
      ),
      says: ['package-999'],
      roles: { row: 1000 }
    },
    search: {
      element: packages(() =>
        Promise.resolve(times(3, at => ({ name: `package-${at}`, version: '1' })))
      ),
      says: ['Search in 3 packages'],
      roles: { row: 3 }
    }
  }
});

const NOTHING: Difference = { only_here: [], only_there: [], different: [], same: 0 };

function difference(answer: () => Promise<Difference>): IScene['element'] {
  return () => {
    const environments = someEnvironments();
    environments.difference = answer;
    return inDialog(<CompareBody environments={environments} environment={environments.list[1]} />);
  };
}

const DIFFERENCE: IView = view({
  name: 'packages-compare',
  files: ['panels/environments/packages.tsx', 'components/environments/packages.tsx'],
  width: 568,
  height: 380,
  scenes: {
    empty: {
      element: difference(() => Promise.resolve({ ...NOTHING, same: 5 })),
      says: ['5 packages are the same in both.', 'No difference.']
    },
    loading: { element: difference(() => new Promise(quiet)), says: ['Loading…', 'Compare with'] },
    error: {
      element: difference(() => Promise.reject(new Error(REFUSAL))),
      says: [REFUSAL],
      roles: { alert: 1 }
    },
    usual: {
      element: difference(() =>
        Promise.resolve({
          only_here: [{ name: 'torch', version: '2.9.1' }],
          only_there: [{ name: 'keras', version: '4.0' }],
          different: [{ name: 'numpy', here: '2.4.6', there: '1.26.4' }],
          same: 31
        })
      ),
      says: ['31 packages are the same in both.', '1.26.4', 'keras', '–'],
      roles: { row: 4 }
    },
    long: {
      element: difference(() =>
        Promise.resolve({
          ...NOTHING,
          only_here: [{ name: 'x-'.repeat(60), version: '1.0+'.repeat(30) }]
        })
      ),
      says: ['x-'.repeat(60)]
    },
    many: {
      element: difference(() =>
        Promise.resolve({
          ...NOTHING,
          only_there: times(1000, at => ({ name: `package-${at}`, version: `${at}` }))
        })
      ),
      says: ['package-999'],
      roles: { row: 1001 }
    }
  }
});

export const ENVIRONMENTS = [LIST, DIALOG, PACKAGE_LIST, DIFFERENCE];
