import { CommandRegistry } from '@lumino/commands';
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import React from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Job } from '../../../../src/api';
import { JobBody } from '../../../../src/panels/job/body';
import { JobPageModel } from '../../../../src/panels/job/model';
import { IMediaOfJobs, IMetricsOfJobs } from '../../../../src/tokens/metrics';
import { aPiece, keptAs } from '../../components/media/pieces';
import { FakeMedia } from '../../diagnosis';
import { FakeJobs, FakeMetrics, aJob, fakeWorkbench, giveSize } from '../../support';

vi.mock('../../../../src/components/curves/curves', async original => ({
  ...(await original<object>()),
  Curves: () => <p>curves</p>
}));

beforeEach(() => giveSize(520));

async function page(change: Partial<Job>, ...names: string[]): Promise<HTMLElement> {
  const jobs = new FakeJobs();
  jobs.list = [aJob(change)];
  const model = new FakeMetrics();
  names.forEach(name => model.put(name, []));
  const { workbench, share } = fakeWorkbench(jobs);
  const handle = { model, isDisposed: false, dispose: () => undefined };
  share(IMetricsOfJobs, { acquire: () => handle });
  const shown = new JobPageModel(workbench, 'j1');
  const { container } = render(<JobBody model={shown} commands={new CommandRegistry()} />);
  await waitFor(() => expect(container.querySelector('h2')).toBeTruthy());
  return container;
}

const box = () => screen.queryByLabelText('Input for the job');

describe('the page of a job', () => {
  // proves: ui.job-page
  it('gives the log all the room where there are no curves', async () => {
    const container = await page({});
    expect(screen.queryByText('curves')).toBeNull();
    expect(container.querySelector('.crispdm-Overview')?.hasAttribute('data-split')).toBe(false);
    expect(container.querySelector('.crispdm-Log')).toBeTruthy();
  });

  // proves: ui.job-page
  it('counts in its tabs what is there', async () => {
    await page({ parameters: { rate: 1, depth: 2 } }, 'train/loss', 'val/loss', 'accuracy');
    expect(screen.getByText('curves')).toBeTruthy();
    expect(screen.getAllByRole('tab').map(tab => tab.textContent)).toEqual([
      'Overview',
      'Log',
      'Curves (2)',
      'Parameters (2)',
      'Files and models'
    ]);
  });

  // proves: training.media-view
  it('has a part for what was kept with a step, once there is something', async () => {
    const jobs = new FakeJobs();
    jobs.list = [aJob()];
    const { workbench, share } = fakeWorkbench(jobs);
    const model = new FakeMedia();
    share(IMediaOfJobs, {
      acquire: () => ({ model, isDisposed: false, dispose: () => undefined })
    });
    const shown = new JobPageModel(workbench, 'j1');
    render(<JobBody model={shown} commands={new CommandRegistry()} />);
    await screen.findByText('Overview');
    expect(screen.queryByText(/^Pictures and tables/)).toBeNull();
    act(() => model.say(keptAs('image', 'samples', [aPiece(3)])));
    fireEvent.click(await screen.findByText('Pictures and tables (1)'));
    expect(await screen.findByAltText('samples')).toBeTruthy();
    expect(screen.getByAltText('samples').getAttribute('src')).toBe('/media/samples/3/0');
  });

  it.each(['queued', 'succeeded', 'failed', 'stopped', 'lost'] as const)(
    'has no box for input that a job which is %s would not read',
    async state => {
      await page({ state });
      expect(box()).toBeNull();
    }
  );

  it('has one while the job runs', async () => {
    await page({});
    expect(box()).toBeTruthy();
  });
});
