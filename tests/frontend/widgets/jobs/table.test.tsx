import type { IWidgetManager } from '@jupyter-widgets/base';
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CrispdmModel, page } from '../../../../src/widgets/basics/react';
import { JobTableView } from '../../../../src/widgets/jobs';
import { IModels } from '../../../../src/tokens/models';
import type { FakeModels } from '../../support';
import { FakeJobs, aDeployment, aJob, fakeWorkbench, giveSize } from '../../support';

let jobs: FakeJobs;
let views: JobTableView[];
let saves: number;

beforeEach(() => {
  giveSize(520);
  jobs = new FakeJobs();
  jobs.list = [aJob({ id: 'new', name: 'new' }), aJob({ id: 'old', name: 'old' })];
  [views, saves] = [[], 0];
  page.workbench = fakeWorkbench(jobs).workbench;
});

afterEach(() => {
  act(() => views.forEach(view => void view.remove()));
  document.body.innerHTML = '';
});

async function show(values: object = {}) {
  const manager = { inline_sanitize: (text: string) => text } as unknown as IWidgetManager;
  const all = { selected: '', follow_newest: false, controls: true, height: 300, ...values };
  const model = new CrispdmModel(all, { model_id: 'm1', widget_manager: manager });
  model.save_changes = () => void saves++;
  const view = new JobTableView({ model, options: {} });
  views.push(view);
  document.body.append(view.el);
  await act(async () => {
    view.render();
    await Promise.resolve();
  });
  return { view, model };
}

describe('the table of jobs in a notebook', () => {
  it('shows the deployed models beside them, for looking only', async () => {
    const { workbench } = fakeWorkbench(jobs);
    (workbench.get(IModels) as FakeModels).deployments = [aDeployment({ model: 'lamp' })];
    page.workbench = workbench;
    await show();
    expect(screen.getByRole('table', { name: 'Deployed models' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: /Stop lamp/ })).toBeNull();
  });

  it('tells the kernel which job was chosen', async () => {
    const { model } = await show();
    fireEvent.click(screen.getByRole('button', { name: 'old, Running' }));
    expect(model.get('selected')).toBe('old');
    expect(saves).toBe(1);
  });

  it('chooses the newest where it is to follow, and leaves a choice that stands', async () => {
    expect((await show({ follow_newest: true })).model.get('selected')).toBe('new');
    const kept = await show({ follow_newest: true, selected: 'old' });
    expect(kept.model.get('selected')).toBe('old');
  });

  it('chooses the newest when the chosen one is gone', async () => {
    const { model } = await show({ follow_newest: true, selected: 'deleted' });
    expect(model.get('selected')).toBe('new');
  });

  it('cannot stop jobs where it has no controls', async () => {
    await show({ controls: false });
    expect(screen.queryByRole('button', { name: 'Stop old' })).toBeNull();
  });

  it('says why a job was not stopped', async () => {
    await show();
    jobs.failure = new Error('It is not yours.');
    fireEvent.click(screen.getByRole('button', { name: 'Stop old' }));
    await waitFor(() => expect(screen.getByRole('alert').textContent).toBe('It is not yours.'));
    jobs.failure = null;
    fireEvent.click(screen.getByRole('button', { name: 'Stop old' }));
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
  });

  it('draws nothing any more once it is removed', async () => {
    const { view, model } = await show();
    await act(async () => {
      view.remove();
      model.set({ height: 400 });
      jobs.changed.emit();
      await Promise.resolve();
    });
    expect(view.el.textContent).toBe('');
  });
});
