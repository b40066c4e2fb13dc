import { act, fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ILogs } from '../../../../src/tokens/logs';
import { page } from '../../../../src/widgets/basics/react';
import { LogView } from '../../../../src/widgets/tracking/log';
import { FakeJobs, FakeLog, fakeWorkbench, giveSize } from '../../support';
import { removeWidgets, showWidget, tell } from '../show';

let logs: Map<string, FakeLog>;
let left: string[];

beforeEach(() => {
  giveSize(520);
  logs = new Map([
    ['a', new FakeLog(['epoch 1', 'epoch 2'])],
    ['b', new FakeLog(['begin'])]
  ]);
  left = [];
  const { workbench, share } = fakeWorkbench(new FakeJobs());
  const acquire = (job: string) => ({
    model: logs.get(job)!,
    isDisposed: false,
    dispose: () => void left.push(job)
  });
  share(ILogs, { acquire });
  page.workbench = workbench;
});

afterEach(() => {
  removeWidgets();
  page.workbench = null;
});

const show = (values: object = {}) =>
  showWidget(LogView, { job: '', height: 240, times: false, folds: true, ...values });
const card = () => screen.getByRole('region', { name: 'Log' });
const frame = () => act(() => new Promise<void>(resolve => requestAnimationFrame(() => resolve())));

describe('the log in a notebook', () => {
  it('asks for a job where there is none', async () => {
    await show();
    expect(card().textContent).toBe('Choose a job to see its log.');
  });

  // proves: training.log-live
  it('shows what its job prints, and offers all of it as a file', async () => {
    await show({ job: 'a' });
    expect(screen.getByRole('log').textContent).toBe('epoch 1epoch 2');
    expect(screen.getByRole<HTMLAnchorElement>('link').getAttribute('href')).toBe('/log/a');
    logs.get('a')!.lines.push('epoch 3');
    logs.get('a')!.changed.emit();
    await frame();
    expect(screen.getByText('epoch 3')).toBeTruthy();
  });

  it('is as high as it is told', async () => {
    const { model } = await show({ height: 240 });
    expect(card().style.height).toBe('240px');
    await tell(model, { height: 500 });
    expect(card().style.height).toBe('500px');
  });

  // proves: widgets.change-job
  it('begins anew with another job, and lets the one before go', async () => {
    const { model } = await show({ job: 'a' });
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'epoch' } });
    await tell(model, { job: 'b' });
    expect(screen.getByRole('log').textContent).toBe('begin');
    expect(screen.getByRole<HTMLInputElement>('searchbox').value).toBe('');
    expect(left).toEqual(['a']);
    await tell(model, { job: '' });
    expect(card().textContent).toBe('Choose a job to see its log.');
    expect(left).toEqual(['a', 'b']);
  });

  it('says why the log cannot be shown', async () => {
    await show({ job: 'a' });
    logs.get('a')!.error = 'There is no such job.';
    logs.get('a')!.changed.emit();
    await frame();
    expect(screen.getByRole('alert').textContent).toContain('There is no such job.');
  });

  it('lets its job go when it is removed', async () => {
    const { view } = await show({ job: 'a' });
    act(() => void view.remove());
    expect(left).toEqual(['a']);
    expect(logs.get('a')!.views.shown).toEqual([]);
  });
});
