import { act, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { IMediaOfJobs } from '../../../../src/tokens/metrics';
import { page } from '../../../../src/widgets/basics/react';
import { MediaView } from '../../../../src/widgets/tracking/media';
import { aPiece, keptAs } from '../../components/media/pieces';
import { FakeMedia } from '../../diagnosis';
import { FakeJobs, fakeWorkbench } from '../../support';
import { removeWidgets, showWidget, tell } from '../show';

let kept: Map<string, FakeMedia>;
let left: string[];

beforeEach(() => {
  kept = new Map([
    ['a', new FakeMedia([keptAs('image', 'samples', [aPiece(1)])])],
    ['b', new FakeMedia()]
  ]);
  left = [];
  const { workbench, share } = fakeWorkbench(new FakeJobs());
  const acquire = (job: string) => ({
    model: kept.get(job)!,
    isDisposed: false,
    dispose: () => void left.push(job)
  });
  share(IMediaOfJobs, { acquire });
  page.workbench = workbench;
});

afterEach(() => {
  removeWidgets();
  page.workbench = null;
});

const show = (values: object = {}) =>
  showWidget(MediaView, { job: '', names: [], height: 300, ...values });
const card = () => screen.getByRole('region', { name: 'Pictures and tables' });
const say = (job: string, ...series: Parameters<FakeMedia['say']>) =>
  act(async () => {
    kept.get(job)!.say(...series);
    await new Promise<void>(resolve => requestAnimationFrame(() => resolve()));
  });

describe('pictures and tables in a dashboard', () => {
  // proves: widgets.media-view
  it('arrive as the job keeps them', async () => {
    await show({ job: 'a' });
    expect(screen.getByAltText('samples').getAttribute('src')).toBe('/media/samples/1/0');
    await say('a', keptAs('image', 'samples', [aPiece(1), aPiece(2)]));
    expect(screen.getByAltText('samples').getAttribute('src')).toBe('/media/samples/2/0');
    expect(card().style.maxHeight).toBe('300px');
  });

  it('are those that are wanted', async () => {
    const { model } = await show({ job: 'a', names: ['val/*', 'roc'] });
    const one = (name: string) => keptAs('image', name, [aPiece(1)]);
    await say('a', one('samples'), one('val/first'), one('roc'), one('rocket'));
    expect(screen.getAllByRole('img').map(img => img.getAttribute('alt'))).toEqual([
      'val/first',
      'roc'
    ]);
    await tell(model, { names: [] });
    expect(screen.getAllByRole('img')).toHaveLength(4);
  });

  // proves: widgets.change-job
  it('are those of another job when that is chosen, and none without one', async () => {
    const { model } = await show({ job: 'a' });
    expect(kept.get('a')!.views.shown).toEqual([null]);
    await tell(model, { job: 'b' });
    expect(card().textContent).toContain('No pictures and tables yet.');
    expect([left, kept.get('a')!.views.shown]).toEqual([['a'], []]);
    await tell(model, { job: '' });
    expect(card().textContent).toBe('Choose a job to see its pictures and tables.');
    expect(left).toEqual(['a', 'b']);
  });

  it('say why there are none', async () => {
    await show({ job: 'b' });
    kept.get('b')!.trouble = 'It is a pipe.';
    await say('b');
    expect(card().textContent).toContain('It is a pipe.');
    kept.get('b')!.error = 'There is no such job.';
    await say('b');
    expect(screen.getByRole('alert').textContent).toBe('There is no such job.');
  });
});
