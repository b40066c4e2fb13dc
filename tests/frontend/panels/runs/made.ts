import { act } from '@testing-library/react';
import { afterEach, beforeEach, vi } from 'vitest';
import { RunsPageModel } from '../../../../src/panels/runs/model';
import { IRuns } from '../../../../src/tokens/runs';
import { aRun, FakeRuns, figures } from '../../components/runs/fakes';
import { FakeJobs, fakeWorkbench, giveSize } from '../../support';

export let runs: FakeRuns;
export let model: RunsPageModel;

/** The runs that the server has, and the model of a page that shows them. */
export function made(list = some()): FakeRuns {
  runs = new FakeRuns(list);
  const fake = fakeWorkbench(new FakeJobs());
  fake.share<IRuns>(IRuns, runs);
  model = new RunsPageModel(fake.workbench);
  return runs;
}

export function some() {
  return [
    aRun({ id: 'a', name: 'eval' }),
    aRun({
      id: 'b',
      name: 'train',
      metrics: { loss: figures(0.3, { goal: 'low', best: 0.2 }) },
      lineage: { rerun_of: 'a' }
    }),
    aRun({ id: 'c', kind: 'folder', name: 'loose', state: 'ended', folder: 'crispdm-runs/loose' })
  ];
}

export const settled = () => act(() => vi.advanceTimersByTimeAsync(300));
export const ids = () => model.list.map(run => run.id).join('');

/** Makes them before each test of a file, with timers that the test moves on. */
export function madeBeforeEach(): void {
  beforeEach(() => {
    giveSize(520);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'requestAnimationFrame'] });
    made();
  });
  afterEach(() => {
    model.dispose();
    vi.useRealTimers();
  });
}
