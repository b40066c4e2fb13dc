import type { DOMWidgetView, IWidgetManager, WidgetModel } from '@jupyter-widgets/base';
import { Widget } from '@lumino/widgets';
import { act, fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { IEntry } from '../../../../src/components/desk/entry';
import { page } from '../../../../src/widgets/basics/react';
import { DashboardModel, DashboardView } from '../../../../src/widgets/desk';
import { anEntry } from '../../desk';
import { FakeJobs, fakeWorkbench } from '../../support';

/** The widgets of a page: their view is a text. */
interface IContent {
  text: string;
  attached: number;
  hidden: number;
  isRemoved: boolean;
}

let views: DashboardView[];
let saves: string[];
let sent: unknown[];

beforeEach(() => {
  [views, saves, sent] = [[], [], []];
  page.workbench = fakeWorkbench(new FakeJobs()).workbench;
});

afterEach(() => {
  act(() => views.forEach(view => void view.remove()));
  document.body.innerHTML = '';
  document.body.className = '';
  delete document.body.dataset.voila;
  window.history.replaceState(null, '', '/');
});

function content(text: string): IContent & WidgetModel {
  return { text, attached: 0, hidden: 0, isRemoved: false } as IContent & WidgetModel;
}

function viewOf(made: IContent): DOMWidgetView {
  class Text extends Widget {
    protected override onAfterAttach(): void {
      made.attached++;
    }
    protected override onBeforeHide(): void {
      made.hidden++;
    }
  }
  const luminoWidget = new Text();
  luminoWidget.node.textContent = made.text;
  const remove = (): void => {
    made.isRemoved = true;
    luminoWidget.dispose();
  };
  return { luminoWidget, remove } as unknown as DOMWidgetView;
}

const settle = () =>
  act(async () => {
    await new Promise(resolve => setTimeout(resolve, 0));
  });

async function show(values: object = {}) {
  const contents = { data: content('the data'), train: content('the training') };
  const manager = { inline_sanitize: (text: string) => text } as unknown as IWidgetManager;
  const all = {
    title: 'Handwriting',
    page: 'data',
    menu: [anEntry('data'), anEntry('train'), anEntry('slow', { built: false })],
    children_by_page: contents,
    visitor: { name: 'Ann', role: 'viewer' },
    extras: ['licence'],
    height: 500,
    ...values
  };
  const model = new DashboardModel(all, { model_id: 'm1', widget_manager: manager });
  model.save_changes = () => void saves.push(model.page);
  model.send = (told: unknown) => void sent.push(told);
  const view = new DashboardView({ model, options: {} });
  view.create_child_view = (made: unknown) => Promise.resolve(viewOf(made as IContent)) as never;
  views.push(view);
  act(() => {
    view.render();
    Widget.attach(view.luminoWidget, document.body);
  });
  await settle();
  return { view, model, contents };
}

// jsdom knows no style sheets
const regions = () =>
  screen.getAllByRole('region').filter(one => !one.classList.contains('lm-mod-hidden'));
const shown = () => regions().map(one => one.textContent);
const entry = (name: string) => screen.getByRole('button', { name });
const go = async (name: string) => {
  fireEvent.click(entry(name));
  await settle();
};
const inVoila = () => {
  document.body.dataset.voila = 'voila';
};

describe('a dashboard', () => {
  it('shows its page, and turns to another', async () => {
    const { model } = await show();
    expect(shown()).toEqual(['Datathe data']);
    await go('Train');
    expect(shown()).toEqual(['Trainthe training']);
    expect([model.page, saves]).toEqual(['train', ['train']]);
  });

  // proves: dashboard.switch
  it('goes back at once to a page that was shown, whose view is kept and asks nobody', async () => {
    const { view, model, contents } = await show();
    const makes = vi.spyOn(view, 'create_child_view');
    await go('Train');
    expect(makes).toHaveBeenCalledTimes(1);
    model.save_changes = () => undefined; // its kernel is dead
    fireEvent.click(entry('Data'));
    expect(shown()).toEqual(['Datathe data']);
    fireEvent.click(entry('Train'));
    expect(shown()).toEqual(['Trainthe training']);
    expect(makes).toHaveBeenCalledTimes(1);
    expect([contents.data.attached, contents.train.attached]).toEqual([1, 1]);
    expect([contents.data.isRemoved, contents.train.isRemoved]).toEqual([false, false]);
  });

  // proves: dashboard.switch
  it('makes no view of a page that nobody has turned to', async () => {
    const { view, model } = await show();
    const makes = vi.spyOn(view, 'create_child_view');
    act(() => void model.set({ menu: [...model.entries, anEntry('more')] }));
    await settle();
    expect(makes).not.toHaveBeenCalled();
  });

  // proves: dashboard.pages
  it('waits for a page that is made now, and shows it when it is there', async () => {
    const { model } = await show();
    await go('Slow');
    expect(regions()[0].getAttribute('aria-busy')).toBe('true');
    expect(screen.getByRole('status')).toBeTruthy();
    act(() => {
      const children = model.get('children_by_page') as object;
      model.set({
        menu: model.entries.map((one): IEntry => ({ ...one, built: true })),
        children_by_page: { ...children, slow: content('at last') }
      });
    });
    await settle();
    expect(shown()).toEqual(['Slowat last']);
    expect(regions()[0].getAttribute('aria-busy')).toBe('false');
  });

  // proves: dashboard.trouble
  it('has a page made once more', async () => {
    const { model } = await show();
    await go('Slow');
    const broken = { built: false, trouble: 'It is broken.' };
    act(() => void model.set({ menu: [anEntry('data'), anEntry('slow', broken)] }));
    await settle();
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(sent).toEqual([{ build: 'slow' }]);
  });

  it('takes other widgets in place of a page’s, and drops those that come late', async () => {
    const { view, model, contents } = await show();
    const late: ((made: DOMWidgetView) => void)[] = [];
    view.create_child_view = () => new Promise(resolve => late.push(resolve)) as never;
    const [second, third] = [content('second'), content('third')];
    act(() => void model.set({ children_by_page: { data: second } }));
    act(() => void model.set({ children_by_page: { data: third } }));
    late[1](viewOf(third));
    late[0](viewOf(second));
    await settle();
    expect(shown()).toEqual(['Datathird']);
    expect([contents.data.isRemoved, second.isRemoved, third.isRemoved]).toEqual([
      true,
      true,
      false
    ]);
  });

  // proves: dashboard.roles
  it('lets go of a page that its visitor may not see any more', async () => {
    const { model, contents } = await show();
    await go('Train');
    act(() => {
      model.set({ page: 'data', menu: [anEntry('data')], children_by_page: contents });
    });
    await settle();
    expect(shown()).toEqual(['Datathe data']);
    expect(contents.train.isRemoved).toBe(true);
  });

  // proves: dashboard.keyboard
  it('leaves the focus at first, and then brings it to the heading', async () => {
    await show();
    expect(document.activeElement).toBe(document.body);
    await go('Train');
    expect(document.activeElement?.textContent).toBe('Train');
    expect(document.activeElement?.tagName).toBe('H1');
    fireEvent.click(screen.getByRole('button', { name: 'Skip to the page' }));
    expect(document.activeElement?.tagName).toBe('H1');
  });

  // proves: dashboard.address
  it('touches no address in Lab, and is as high as it was asked to be', async () => {
    const { view } = await show();
    await go('Train');
    expect(window.location.search).toBe('');
    expect(view.el.style.height).toBe('500px');
    expect(document.body.className).toBe('');
    expect(screen.queryByRole('link', { name: 'All dashboards' })).toBeNull();
  });

  it('leaves nothing behind when it goes', async () => {
    const { view, contents } = await show();
    act(() => void view.remove());
    expect(contents.data.isRemoved).toBe(true);
    expect(document.body.textContent).toBe('');
  });
});

describe('a dashboard in a page of its own', () => {
  beforeEach(inVoila);

  // proves: dashboard.address
  it('writes the page into the address, and goes back and forward', async () => {
    const { model } = await show();
    expect(window.location.search).toBe('?page=data');
    expect(document.title).toBe('Data · Handwriting');
    fireEvent.click(screen.getByRole('link', { name: 'Train' }));
    await settle();
    expect(window.location.search).toBe('?page=train');
    window.history.replaceState(null, '', '?page=data');
    window.dispatchEvent(new PopStateEvent('popstate'));
    await settle();
    expect(model.page).toBe('data');
    expect(shown()).toEqual(['Datathe data']);
  });

  // proves: dashboard.roles
  it('goes to no page that is not in its menu', async () => {
    const { model } = await show();
    window.history.replaceState(null, '', '?page=secret');
    window.dispatchEvent(new PopStateEvent('popstate'));
    await settle();
    expect([model.page, saves]).toEqual(['data', []]);
  });

  // proves: dashboard.one-application
  it('fills the page in place of its header, whose choice of a theme it offers', async () => {
    const changed = vi.fn();
    document.body.innerHTML =
      '<select id="crispdm-theme"><option>auto</option><option>dark</option></select>';
    document.querySelector('#crispdm-theme')!.addEventListener('change', changed);
    const { view } = await show();
    expect(document.body.className).toBe('crispdm-mod-filled');
    fireEvent.change(screen.getByLabelText('Theme'), { target: { value: 'dark' } });
    expect(document.querySelector<HTMLSelectElement>('#crispdm-theme')!.value).toBe('dark');
    expect(changed).toHaveBeenCalledTimes(1);
    act(() => void view.remove());
    expect(document.body.className).toBe('');
  });

  it('leaves the address to the first dashboard of a page', async () => {
    await show();
    const second = await show({ page: 'train' });
    expect(window.location.search).toBe('?page=data');
    expect(second.view.el.classList.contains('crispdm-mod-whole')).toBe(false);
  });
});
