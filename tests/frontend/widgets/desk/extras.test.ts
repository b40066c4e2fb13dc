import type { DOMWidgetView, IWidgetManager } from '@jupyter-widgets/base';
import { PageConfig } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { IEnvironments } from '../../../../src/tokens/environments';
import { IModels } from '../../../../src/tokens/models';
import { CrispdmModel, page } from '../../../../src/widgets/basics/react';
import {
  EnvironmentPickerView,
  ModelTableView,
  NotebookFrameView
} from '../../../../src/widgets/desk';
import { nameInPage, surroundings } from '../../../../src/widgets/desk/surroundings';
import {
  aDeployment,
  aModel,
  anEnvironment,
  FakeEnvironments,
  FakeJobs,
  FakeModels,
  fakeWorkbench
} from '../../support';

let views: DOMWidgetView[];
let saves: object[];
let models: FakeModels;
let environments: FakeEnvironments;

beforeEach(() => {
  [views, saves] = [[], []];
  models = Object.assign(new FakeModels(), {
    list: [aModel('digits', 2)],
    deployments: [aDeployment({ model: 'digits' })]
  });
  environments = new FakeEnvironments();
  const { workbench, share } = fakeWorkbench(new FakeJobs());
  share(IModels, models);
  share(IEnvironments, environments);
  page.workbench = workbench;
});

afterEach(() => {
  act(() => views.forEach(view => void view.remove()));
  document.body.innerHTML = '';
  delete document.body.dataset.voila;
});

async function show(
  View: new (options: { model: CrispdmModel; options: object }) => DOMWidgetView,
  values: object
) {
  const manager = { inline_sanitize: (text: string) => text } as unknown as IWidgetManager;
  const model = new CrispdmModel(values, { model_id: 'm1', widget_manager: manager });
  model.save_changes = () => void saves.push({ value: model.get('value') as unknown });
  const view = new View({ model, options: {} });
  views.push(view);
  document.body.append(view.el);
  await act(async () => {
    view.render();
    await Promise.resolve();
  });
  return model;
}

describe('EnvironmentPicker', () => {
  // proves: widgets.environment-picker
  it('tells the kernel which environment was chosen, and shows what the kernel chooses', async () => {
    environments.list = [anEnvironment(), anEnvironment({ id: 'vision', name: 'vision' })];
    const model = await show(EnvironmentPickerView, { value: 'server', description: 'Where' });
    const choice = screen.getByLabelText<HTMLSelectElement>('Where');
    fireEvent.change(choice, { target: { value: 'vision' } });
    expect(saves).toEqual([{ value: 'vision' }]);
    await act(async () => {
      model.set({ value: 'server' });
      await Promise.resolve();
    });
    expect(choice.value).toBe('server');
  });

  it('keeps an environment that is gone in sight, and lets none be chosen that cannot be used', async () => {
    environments.list = [anEnvironment({ id: 'old', usable: false, reason: 'Its Python is gone' })];
    await show(EnvironmentPickerView, { value: 'lost', description: 'Where' });
    const options = screen.getAllByRole<HTMLOptionElement>('option');
    expect(options.map(one => [one.value, one.disabled])).toEqual([
      ['lost', false],
      ['old', true]
    ]);
  });
});

describe('ModelTable', () => {
  it('deploys and withdraws where it may, and says what was refused', async () => {
    await show(ModelTableView, { controls: true });
    const deploy = vi.spyOn(models, 'deploy').mockRejectedValueOnce(new Error('No room.'));
    const undeploy = vi.spyOn(models, 'undeploy').mockResolvedValue();
    fireEvent.click(screen.getByRole('button', { name: 'Deploy digits, version 2' }));
    await waitFor(() => expect(screen.getByRole('alert').textContent).toBe('No room.'));
    fireEvent.click(screen.getByRole('button', { name: 'Withdraw digits, version 1' }));
    expect(deploy.mock.calls).toEqual([['digits', 2]]);
    expect(undeploy.mock.calls).toEqual([['d1']]);
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
  });

  // proves: dashboard.extras
  it('only shows where it has no controls', async () => {
    await show(ModelTableView, { controls: false });
    expect(screen.getByText('digits, version 2')).toBeTruthy();
    expect(screen.queryAllByRole('button')).toEqual([]);
  });
});

describe('NotebookFrame', () => {
  it('frames Lab of this server, whatever the path is', async () => {
    await show(NotebookFrameView, { path: '' });
    const frames = () => [...document.querySelectorAll('iframe')].map(one => new URL(one.src));
    expect(frames()[0].pathname).toMatch(/\/lab\/workspaces\/dashboard$/);
    await show(NotebookFrameView, { path: '//evil.example/a b?x#y.ipynb' });
    expect(frames()[1].host).toBe(new URL(ServerConnection.makeSettings().baseUrl).host);
    expect(frames()[1].pathname).toContain('/lab/workspaces/dashboard/tree/');
    expect([frames()[1].search, frames()[1].hash]).toEqual(['', '']);
  });
});

// proves: dashboard.one-application
describe('what a page of its own offers', () => {
  it('is nothing in Lab', () => {
    expect(surroundings()).toEqual({ homeUrl: '', logOutUrl: '', theme: null });
    expect(nameInPage()).toBe('');
  });

  it('is the way home, a way out for those who logged in, and the name that the page knows', () => {
    document.body.dataset.voila = 'voila';
    PageConfig.setOption('crispdmVisitor', 'Ann');
    expect(surroundings().homeUrl).toMatch(/\/crispdm\/$/);
    expect(surroundings().logOutUrl).toBe('');
    PageConfig.setOption('crispdmMayLogOut', 'true');
    expect(surroundings().logOutUrl).toMatch(/\/logout$/);
    expect(nameInPage()).toBe('Ann');
    PageConfig.setOption('crispdmMayLogOut', '');
  });
});
