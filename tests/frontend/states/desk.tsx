import type { DOMWidgetView, IWidgetManager } from '@jupyter-widgets/base';
import { Widget } from '@lumino/widgets';
import React from 'react';
import type { IEntry } from '../../../src/components/desk/entry';
import { DeskFrame } from '../../../src/components/desk/frame';
import type { Life } from '../../../src/components/desk/lifebanner';
import { LifeBanner } from '../../../src/components/desk/lifebanner';
import { NotebookFrame } from '../../../src/components/desk/notebookframe';
import { CrispdmModel, page } from '../../../src/widgets/basics/react';
import {
  DashboardModel,
  DashboardView,
  EnvironmentPickerView,
  ModelTableView
} from '../../../src/widgets/desk';
import { aFrame, anEntry } from '../desk';
import { aDeployment, aModel, anEnvironment, FakeEnvironments, FakeModels } from '../support';
import type { IScene, IView } from './scene';
import { LONG, times, view } from './scene';
import { jobsOf, Lumino, quiet, refused, REFUSAL, waiting, workbenchOf } from './workbench';
import type { IGiven } from './workbench';

const manager = { inline_sanitize: (text: string) => text } as unknown as IWidgetManager;

/** Our own widgets of a dashboard, as they stand in a page. */
function widget(
  View: new (options: { model: CrispdmModel; options: object }) => DOMWidgetView,
  values: object,
  given: IGiven
): IScene['element'] {
  return () => {
    page.workbench = workbenchOf(given);
    const make = (): Widget => {
      const model = new CrispdmModel(values, { model_id: 'm1', widget_manager: manager });
      model.save_changes = () => undefined;
      const made = new View({ model, options: {} });
      made.render();
      return made.luminoWidget;
    };
    return <Lumino make={make} />;
  };
}

/** The widgets of a page, which here are a line of text. */
function text(words: string): DOMWidgetView {
  const luminoWidget = new Widget();
  luminoWidget.node.textContent = words;
  return {
    luminoWidget,
    remove: () => luminoWidget.dispose()
  } as unknown as DOMWidgetView;
}

function dashboard(entries: readonly IEntry[], values: object = {}): IScene['element'] {
  return () => {
    page.workbench = workbenchOf({ jobs: jobsOf() });
    const all = {
      title: 'Handwriting, from the goal to the deployment',
      page: entries[0]?.slug ?? '',
      menu: entries,
      children_by_page: {
        [entries[0]?.slug]: 'Three thousand pages, of which forty are held out.'
      },
      visitor: { name: 'Ann', role: 'analyst' },
      extras: ['jobs', 'models', 'licence'],
      height: 460,
      ...values
    };
    const make = (): Widget => {
      const model = new DashboardModel(all, { model_id: 'm1', widget_manager: manager });
      model.save_changes = () => undefined;
      model.send = () => undefined;
      const made = new DashboardView({ model, options: {} });
      made.create_child_view = (words: unknown) => Promise.resolve(text(words as string)) as never;
      made.render();
      return made.luminoWidget;
    };
    return <Lumino make={make} />;
  };
}

const TOOLS = [anEntry('jobs', { icon: 'jobs' }), anEntry('models', { icon: 'models' })];
const PHASES = [
  anEntry('business', { name: 'Business understanding', icon: 'goal', state: 'done' }),
  anEntry('data', { name: 'Data understanding', icon: 'data', state: 'done' }),
  anEntry('prepare', { name: 'Data preparation', icon: 'prepare', group: 'Work' }),
  anEntry('train', { name: 'Modeling', icon: 'train', group: 'Work', state: 'running' }),
  anEntry('evaluate', { name: 'Evaluation', icon: 'evaluate', group: 'Work', state: 'failed' }),
  anEntry('deploy', { name: 'Deployment', icon: 'deploy' })
];
const ALL = [...PHASES, ...TOOLS];
const first = (change: Partial<IEntry>): IEntry[] => [{ ...ALL[0], ...change }, ...ALL.slice(1)];

const scenes = {
  empty: {
    element: dashboard([], { extras: [] }),
    says: ['There is nothing for you here yet.', 'Its pages are for other roles than yours.']
  },
  loading: {
    element: dashboard(first({ built: false }), { children_by_page: {} }),
    says: ['The page is made…', 'Business understanding']
  },
  error: {
    element: dashboard(first({ built: false, trouble: 'ValueError: no pictures (line 3 of f)' }), {
      children_by_page: {}
    }),
    says: ['This page could not be made.', 'ValueError: no pictures', 'Try again'],
    roles: { alert: 1 }
  },
  usual: {
    element: dashboard(ALL),
    says: ['Three thousand pages', 'Licence', 'Opens in a new tab', 'Logged in as Ann', 'Work'],
    roles: { button: 10, link: 1 }
  },
  long: {
    element: dashboard(
      ALL.map(entry => ({ ...entry, name: LONG, group: entry.group && LONG })),
      { title: LONG, visitor: { name: LONG, role: 'viewer' } }
    ),
    says: [LONG]
  },
  many: {
    element: dashboard(times(40, at => anEntry(`p${at}`, { name: `Page ${at}` }))),
    says: ['Page 39']
  }
};

const DESK: IView = view({
  name: 'dashboard',
  files: ['widgets/desk/dashboard.ts'],
  width: 1000,
  height: 480,
  scenes: {
    ...scenes,
    'own-page': {
      element: () => (
        <div className="crispdm-Desk" style={{ height: 460 }}>
          <DeskFrame
            {...aFrame({ entries: ALL, current: 'train', theme: { value: 'auto', choose: quiet } })}
          />
        </div>
      ),
      says: ['All dashboards', 'Theme', 'Log out', 'Ann', 'Analyst']
    }
  }
});

const NARROW: IView = view({
  name: 'dashboard-narrow',
  files: ['widgets/desk/dashboard.ts'],
  width: 780,
  height: 480,
  scenes: {
    usual: scenes.usual,
    long: scenes.long,
    open: {
      ...scenes.usual,
      act: root => root.querySelector<HTMLElement>('.crispdm-Desk-toggle')!.click()
    }
  },
  without: {
    empty: 'The view `dashboard` shows it.',
    loading: 'The view `dashboard` shows it.',
    error: 'The view `dashboard` shows it.',
    many: 'The view `dashboard` shows it.'
  }
});

function picker(environments: FakeEnvironments, value = 'server'): IScene['element'] {
  const values = { value, description: 'Environment' };
  return widget(EnvironmentPickerView, values, { jobs: jobsOf(), environments });
}

const environmentsOf = (...list: FakeEnvironments['list']): FakeEnvironments =>
  Object.assign(new FakeEnvironments(), { list });

const PICKER: IView = view({
  name: 'widget-environment',
  files: ['widgets/desk/environment.tsx'],
  width: 520,
  height: 80,
  scenes: {
    empty: { element: picker(environmentsOf(), ''), says: ['Environment'], roles: {} },
    loading: { element: picker(waiting(new FakeEnvironments())), says: ['Loading…'] },
    error: {
      element: picker(refused(new FakeEnvironments())),
      says: [REFUSAL],
      roles: { alert: 1 }
    },
    usual: { element: picker(new FakeEnvironments()), says: ['server (server, Python 3.11.7)'] },
    long: {
      element: picker(environmentsOf(anEnvironment({ name: LONG }))),
      says: [LONG]
    },
    many: {
      element: picker(
        environmentsOf(...times(60, at => anEnvironment({ id: `e${at}`, name: `env ${at}` }))),
        'e1'
      ),
      says: ['env 59']
    }
  }
});

const modelsOf = (count: number, name = 'digits'): FakeModels =>
  Object.assign(new FakeModels(), {
    list: [aModel(name, count)],
    deployments: [aDeployment({ model: name })]
  });

function models(given: FakeModels, controls = true): IScene['element'] {
  return widget(ModelTableView, { controls }, { jobs: jobsOf(), models: given });
}

const MODELS: IView = view({
  name: 'widget-models',
  files: ['widgets/desk/models.tsx'],
  width: 600,
  height: 220,
  scenes: {
    empty: { element: models(new FakeModels()), says: ['No models yet.'] },
    loading: { element: models(waiting(new FakeModels())), says: ['Loading…'] },
    error: { element: models(refused(new FakeModels())), says: [REFUSAL], roles: { alert: 1 } },
    usual: {
      element: models(modelsOf(3)),
      says: ['Withdraw digits, version 1', 'Deploy digits, version 3']
    },
    viewer: {
      element: models(modelsOf(3), false),
      says: ['digits, version 3', 'deployed'],
      roles: { button: 0 }
    },
    long: { element: models(modelsOf(2, LONG)), says: [LONG] },
    many: { element: models(modelsOf(100)), says: ['digits, version 100'] }
  }
});

const NOTEBOOK: IView = view({
  name: 'widget-notebook',
  files: ['widgets/desk/notebook.tsx'],
  width: 600,
  height: 460,
  scenes: {
    usual: {
      element: () => <NotebookFrame url="about:blank" tabUrl="#" name="explain.ipynb" />,
      says: ['explain.ipynb', 'Open in a new tab']
    },
    long: {
      element: () => <NotebookFrame url="about:blank" tabUrl="#" name={`${LONG}.ipynb`} />,
      says: [LONG]
    }
  },
  without: {
    empty: 'It shows Lab, which says so itself.',
    loading: 'Lab shows it.',
    error: 'Lab shows it.',
    many: 'It shows one notebook.'
  }
});

const banner = (life: Life): IScene['element'] =>
  function Page() {
    return (
      <div className="crispdm-PageLife" style={{ position: 'relative' }}>
        <LifeBanner life={life} onGoOn={quiet} />
      </div>
    );
  };

const LIFE: IView = view({
  name: 'dashboard-life',
  files: ['widgets/desk/pagelife.ts', 'components/desk/lifebanner.tsx'],
  width: 800,
  height: 200,
  scenes: {
    error: {
      element: banner('server-gone'),
      says: ['The server cannot be reached.', 'Go on'],
      roles: { alert: 1 }
    },
    usual: {
      element: banner('kernel-gone'),
      says: ['The program behind this page has ended.', 'Go on'],
      roles: { alert: 1 }
    },
    refused: { element: banner('refused'), says: ['Your session has ended.', 'Log in again'] },
    'in-lab': {
      element: () => (
        <div className="crispdm-Desk" style={{ height: 180 }}>
          <DeskFrame {...aFrame({ entries: ALL, life: 'kernel-gone' })} />
        </div>
      ),
      says: ['The program behind this page has ended.'],
      hides: ['Go on']
    }
  },
  without: {
    empty: 'It is there only when something is gone.',
    loading: 'It waits for nothing.',
    long: 'Its sentences are its own.',
    many: 'It says one thing at a time.'
  }
});

export const DESK_VIEWS = [DESK, NARROW, LIFE, PICKER, MODELS, NOTEBOOK];
