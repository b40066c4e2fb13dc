import { nullTranslator } from '@jupyterlab/translation';
import { act } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ComparePage } from '../../../../src/panels/compare';
import { comparePagesPlugin } from '../../../../src/plugins/jobs/comparepages';
import { JobCommands, MOST_COMPARED } from '../../../../src/tokens/jobs';
import { IMetricsOfRuns } from '../../../../src/tokens/metrics';
import { IRuns } from '../../../../src/tokens/runs';
import { aRun, FakeRuns } from '../../components/runs/fakes';
import { FakeLab, FakeRestorer } from '../../lab';
import { FakeJobs, FakeMetrics, aJob, fakeWorkbench, giveSize } from '../../support';

// jsdom has no canvas.
vi.mock('../../../../src/components/curves/chart', () => ({ Chart: () => null }));

let lab: FakeLab;
let restorer: FakeRestorer;

beforeEach(() => {
  giveSize(520);
  lab = new FakeLab();
  restorer = new FakeRestorer();
  const jobs = new FakeJobs();
  jobs.list = ['a', 'b'].map(id => aJob({ id, name: id }));
  const { workbench, share } = fakeWorkbench(jobs);
  const loose = { id: 'loose', kind: 'folder', state: 'ended', name: 'loose' } as const;
  share<IRuns>(IRuns, new FakeRuns([aRun(loose)]));
  share(IMetricsOfRuns, {
    acquire: () => ({ model: new FakeMetrics(), isDisposed: false, dispose: () => undefined })
  });
  void comparePagesPlugin.activate(lab.app, workbench, nullTranslator, null, restorer.asRestorer);
});
afterEach(() => lab.dispose());

const compare = (args: Parameters<FakeLab['run']>[1]) =>
  act(() => lab.run(JobCommands.compare, args) as Promise<ComparePage>);
const BOTH = { ids: ['a', 'loose'], outside: ['loose'] };

describe('pages that compare', () => {
  it('show jobs beside runs that no job made, once for the same ones', async () => {
    await compare(BOTH);
    await compare(BOTH);
    await compare({ ids: ['a', 'b'] });
    const pages = lab.places.map(({ widget }) => widget as ComparePage);
    expect(pages.map(({ title }) => title.label)).toEqual(['Compare 2 runs', 'Compare 2 jobs']);
    expect(pages.map(({ model }) => model.outside)).toEqual([['loose'], []]);
    expect(lab.current).toBe(pages[1]);
  });

  it('show one run that no job made, without what is in front of it', async () => {
    expect(lab.app.commands.isEnabled(JobCommands.compare, { ids: ['loose'] })).toBe(false);
    const alone = { ids: ['loose'], outside: ['loose'] };
    expect(lab.app.commands.isEnabled(JobCommands.compare, alone)).toBe(true);
    const page = await compare(alone);
    expect(page.model.ids).toEqual(['loose']);
  });

  it('hold no more than can be told apart', async () => {
    const ids = Array.from({ length: MOST_COMPARED + 5 }, (_, at) => `r${at}`);
    const page = await compare({ ids, outside: ids });
    expect(page.model.ids).toHaveLength(MOST_COMPARED);
  });

  it('have a page for one metric beside that of all', async () => {
    await compare(BOTH);
    const page = await compare({ ...BOTH, metric: 'loss', view: { smoothing: 0.5 } });
    expect(page.title.label).toBe('loss – Compare 2 runs');
    expect(page.model.view.smoothing).toBe(0.5);
    expect(lab.places[1]).toMatchObject({ area: 'main', options: { mode: 'split-right' } });
  });

  it('are only made where a chart is dragged: the mouse says where they shall be', async () => {
    const page = await compare({ ...BOTH, metric: 'loss', isDragged: true });
    expect(page.isAttached).toBe(false);
    expect(lab.places).toEqual([]);
    page.dispose();
  });

  it('come back as they were left', async () => {
    const page = await compare({ ...BOTH, metric: 'loss' });
    act(() => page.model.setView({ logScale: true, baseline: 'a' }));
    expect(restorer.saved(page)[1]).toMatchObject({
      ...BOTH,
      metric: 'loss',
      view: { logScale: true, baseline: 'a' }
    });
  });
});
