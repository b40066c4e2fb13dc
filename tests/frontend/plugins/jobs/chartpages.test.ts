import { nullTranslator } from '@jupyterlab/translation';
import { act } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChartPage } from '../../../../src/panels/chart';
import { chartPagesPlugin } from '../../../../src/plugins/jobs/chartpages';
import { JobCommands } from '../../../../src/tokens/jobs';
import { FakeLab, FakeRestorer } from '../../lab';
import { FakeJobs, aJob, fakeWorkbench, giveSize } from '../../support';

// jsdom has no canvas.
vi.mock('../../../../src/components/curves/curves', () => ({ Curves: () => null }));

let lab: FakeLab;
let restorer: FakeRestorer;
let released: string[];

beforeEach(() => {
  giveSize(520);
  lab = new FakeLab();
  restorer = new FakeRestorer();
  const jobs = new FakeJobs();
  jobs.list = [aJob({ id: 'a', name: 'train' })];
  const fake = fakeWorkbench(jobs);
  released = fake.released;
  void chartPagesPlugin.activate(lab.app, fake.workbench, nullTranslator, restorer.asRestorer);
});
afterEach(() => lab.dispose());

const LOSS = { id: 'a', name: 'loss', series: ['train/loss', 'val/loss'] };
const open = (args: Parameters<FakeLab['run']>[1]) =>
  act(() => lab.run(JobCommands.openChart, args) as Promise<ChartPage | undefined>);

describe('the page of a chart', () => {
  it('opens in a tab beside the job, once for each chart', async () => {
    await open(LOSS);
    await open({ ...LOSS, view: { smoothing: 0.5 } });
    await open({ id: 'a', series: ['accuracy'] });
    const pages = lab.places.map(({ widget }) => widget as ChartPage);
    expect(pages.map(({ title }) => title.label)).toEqual(['loss – train', 'accuracy – train']);
    expect(lab.places[0]).toMatchObject({ area: 'main', options: { mode: 'split-right' } });
    expect(lab.current).toBe(pages[1]);
    expect(pages[0].node.querySelector('.crispdm-ChartPage')).toBeTruthy();
  });

  it('is only made where it is dragged, and goes where it is dropped nowhere', async () => {
    const page = await open({ ...LOSS, isDragged: true });
    expect(page?.isAttached).toBe(false);
    expect(lab.places).toEqual([]);
    page?.dispose();
    expect(released).toEqual(['metrics']);
  });

  it.each([{}, { id: 'a' }, { id: 'a', series: 'loss' }, { series: ['loss'] }])(
    'is none where no chart is named (%o)',
    async args => {
      expect(await open(args)).toBeUndefined();
    }
  );

  it('comes back as it was left', async () => {
    const page = (await open(LOSS))!;
    act(() => page.model.setView({ logScale: true, range: { begin: 1, end: 2, isLive: false } }));
    expect(page.model.view).toMatchObject({ logScale: true, range: { begin: 1, end: 2 } });
    const [, args] = restorer.saved(page);
    expect(args).toMatchObject({
      id: 'a',
      name: 'loss',
      series: ['train/loss', 'val/loss'],
      view: { logScale: true, range: { begin: 1, end: 2, isLive: false } }
    });
  });
});
