import { act, render, waitFor } from '@testing-library/react';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { giveSize } from '../support';
import { VIEWS } from '.';
import type { IScene, IView } from './scene';
import { NOW, pictureOf, STATES } from './scene';

// jsdom has no canvas.
vi.mock('uplot', () => ({
  default: class {
    static join = (tables: unknown[]) => tables;
    over = document.createElement('div');
    cursor = {};
    legend = {};
    scales = { x: {} };
    batch(change: () => void): void {
      change();
    }
    setData(): void {}
    setScale(): void {}
    destroy(): void {}
  }
}));

vi.setConfig({ testTimeout: 120_000 });

const PICTURES = 'docs/developers/states';

/** Parts of views that no picture can show, and why. */
const DRAWN = 'bqplot draws it: docs/images/dashboard.png shows it, taken from the demo';
const UNSEEN: Readonly<Record<string, string>> = {
  'crispdm-Legend': DRAWN,
  'crispdm-Legend-entry': DRAWN,
  'crispdm-Legend-line': DRAWN,
  'crispdm-Legend-name': DRAWN,
  'crispdm-Legend-value': DRAWN,
  'crispdm-TrainingPlot-figure': DRAWN,
  'crispdm-TrainingPlot-title': DRAWN,
  'crispdm-Chart-dragged':
    'it follows the pointer while a chart is dragged: tests/ui/lab/test_curves.py drags one',
  'crispdm-Panel': 'it is the frame of the sections: docs/images/lab-light.png shows it'
};

const seen = new Set<string>();

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(NOW) });
  giveSize(520);
});
afterEach(() => void vi.restoreAllMocks());
afterAll(() => void vi.useRealTimers());

const frame = () => new Promise<void>(resolve => requestAnimationFrame(() => resolve()));
const settle = () =>
  act(async () => {
    await frame();
    await new Promise(resolve => setTimeout(resolve, 0));
    await frame();
  });

async function show({ element, act: first }: IScene): Promise<HTMLElement> {
  const { container } = render(element());
  await settle();
  if (first) {
    act(() => first(container));
    await settle();
  }
  return container;
}

/** All that can be read or heard: texts, labels, titles, values. */
function read(root: HTMLElement): string {
  const told = [...root.querySelectorAll('*')].flatMap(node => [
    node.getAttribute('aria-label'),
    node.getAttribute('title'),
    node.getAttribute('placeholder'),
    node.getAttribute('alt'),
    (node as HTMLInputElement).value
  ]);
  return [root.textContent, ...told].filter(Boolean).join('\n');
}

const IMPLICIT: Readonly<Record<string, string>> = {
  button: 'button',
  listitem: 'li',
  list: 'ul,ol',
  row: 'tr',
  table: 'table',
  link: 'a[href]',
  figure: 'figure',
  searchbox: 'input[type=search]',
  group: 'fieldset',
  columnheader: 'th[scope=col]'
};

function count(root: HTMLElement, role: string): number {
  const implicit = IMPLICIT[role] ? `,:is(${IMPLICIT[role]}):not([role])` : '';
  return root.querySelectorAll(`[role="${role}"]${implicit}`).length;
}

const scenes = VIEWS.flatMap(view =>
  Object.entries(view.scenes).map(([name, scene]) => [`${view.name}, ${name}`, scene] as const)
);

function expectScene(root: HTMLElement, scene: IScene): void {
  const told = read(root);
  scene.says.forEach(text => expect(told).toContain(text));
  scene.hides?.forEach(text => expect(told).not.toContain(text));
  Object.entries(scene.roles ?? {}).forEach(([role, wanted]) => {
    const found = count(root, role);
    if (typeof wanted === 'number') {
      expect([role, found]).toEqual([role, wanted]);
    } else {
      expect(found).toBeGreaterThan(0);
      expect(found).toBeLessThanOrEqual(wanted.most);
    }
  });
}

describe('each state of each view', () => {
  it.each(scenes)('%s', async (_, scene) => {
    const errors = vi.spyOn(console, 'error');
    const root = await show(scene);
    await waitFor(() => expectScene(root, scene));
    root
      .querySelectorAll('[class]')
      .forEach(node => node.classList.forEach(name => seen.add(name)));
    expect(errors.mock.calls).toEqual([]);
  });

  it('shows every part that a view can have', () => {
    const parts = sources('src/components', 'src/panels', 'src/widgets').flatMap(([file, text]) =>
      [...text.matchAll(/crispdm-[A-Z][\w-]*/g)].map(([name]) => [name, file] as const)
    );
    const missing = parts.filter(([name]) => !seen.has(name) && !(name in UNSEEN));
    expect(Object.fromEntries(missing)).toEqual({});
  });
});

describe('the list of views', () => {
  it.each(VIEWS.map(view => [view.name, view] as const))(
    '%s has each state, or says why not',
    (_, view) => {
      const missing = STATES.filter(state => !(state in view.scenes) && !view.without?.[state]);
      const both = STATES.filter(state => state in view.scenes && view.without?.[state]);
      expect({ missing, both }).toEqual({ missing: [], both: [] });
    }
  );

  it.each(VIEWS.map(view => [view.name, view] as const))(
    '%s has a recorded picture of each state',
    (_, view) => {
      const missing = Object.keys(view.scenes)
        .map(scene => pictureOf(view, scene))
        .filter(name => !existsSync(`${PICTURES}/${name}`));
      expect(missing, 'run `make states`, and look at what it took').toEqual([]);
    }
  );

  // proves: ui.pictures
  it('has no picture of a state that is there no more', () => {
    const known = new Set(
      VIEWS.flatMap(view => Object.keys(view.scenes).map(scene => pictureOf(view, scene)))
    );
    const left = readdirSync(PICTURES).filter(name => name.endsWith('.png') && !known.has(name));
    expect(left).toEqual([]);
  });

  it('holds every panel, dialog and widget', () => {
    const named = new Set(VIEWS.flatMap((view: IView) => view.files));
    const drawn = sources('src/panels', 'src/widgets')
      .filter(([, text]) =>
        /extends (SubmitDialog|ReactView|View)\b|^export function \w+Body\b/m.test(text)
      )
      .map(([file]) => file.slice('src/'.length));
    expect(drawn.filter(file => !named.has(file) && file !== 'panels/basics/section.ts')).toEqual(
      []
    );
    expect([...named].filter(file => !existsSync(`src/${file}`))).toEqual([]);
  });
});

function sources(...folders: string[]): [string, string][] {
  return folders.flatMap(folder =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(name => /\.tsx?$/.test(name))
      .map((name): [string, string] => [
        `${folder}/${name}`,
        readFileSync(`${folder}/${name}`, 'utf8')
      ])
  );
}
