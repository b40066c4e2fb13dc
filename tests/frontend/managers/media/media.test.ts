import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../../../src/api';
import { MediaFold, MediaModel } from '../../../../src/managers/media/media';
import { aPiece, keptAs } from '../../components/media/pieces';
import { FakeLive, fakeServer } from '../../support';

const TOPIC = 'jobs/j1/media';
const steps = (fold: MediaFold) =>
  fold.series.map(({ name, kind, pieces }) => [name, kind, pieces.map(({ step }) => step)]);

describe('MediaFold', () => {
  // proves: training.media-live
  it('puts what comes to what is there, by name, kind and step', () => {
    const fold = new MediaFold();
    fold.take({ media: [keptAs('image', 'b', [aPiece(1), aPiece(3)])] }, true);
    fold.take(
      { media: [keptAs('text', 'b', [aPiece(9)]), keptAs('table', 'a', [aPiece(0)])] },
      false
    );
    fold.take({ media: [keptAs('image', 'b', [aPiece(2), aPiece(2, { index: 1 })])] }, false);
    expect(steps(fold)).toEqual([
      ['a', 'table', [0]],
      ['b', 'image', [1, 2, 2, 3]],
      ['b', 'text', [9]]
    ]);
  });

  it('shows of a step and index the newer piece', () => {
    const fold = new MediaFold();
    fold.take({ media: [keptAs('image', 'a', [aPiece(1, { bytes: 1 }), aPiece(2)])] }, true);
    fold.take({ media: [keptAs('image', 'a', [aPiece(1, { bytes: 2 })])] }, false);
    expect(fold.series[0].pieces.map(({ bytes }) => bytes)).toEqual([2, 100]);
  });

  it('begins anew where it is told to', () => {
    const fold = new MediaFold();
    fold.take({ media: [keptAs('image', 'a', [aPiece(1)])], trouble: 'It is a pipe.' }, true);
    fold.take({ media: [keptAs('image', 'b', [aPiece(1)])] }, true);
    expect([steps(fold), fold.trouble]).toEqual([[['b', 'image', [1]]], '']);
  });

  it('remembers what is wrong until it is told otherwise', () => {
    const fold = new MediaFold();
    fold.take({ media: [], trouble: 'It is a pipe.' }, true);
    fold.take({ media: [keptAs('image', 'a', [aPiece(1)])] }, false);
    expect(fold.trouble).toBe('It is a pipe.');
    fold.take({ media: [], trouble: '' }, false);
    expect(fold.trouble).toBe('');
  });

  it('holds so many of a name, the newest among them, and counts the others', () => {
    const fold = new MediaFold();
    for (let step = 0; step < 5000; step++) {
      fold.take({ media: [keptAs('image', 'a', [aPiece(step)])] }, step === 0);
    }
    const [{ pieces, left_out: leftOut }] = fold.series;
    expect(pieces.length).toBeLessThanOrEqual(1000);
    expect(pieces.length + leftOut).toBe(5000);
    expect([pieces[0].step, pieces.at(-1)?.step]).toEqual([0, 4999]);
  });
});

describe('MediaModel', () => {
  // proves: training.media-live
  it('is told of what the job keeps, and knows where it is', async () => {
    const live = new FakeLive();
    const { settings, asked } = fakeServer(() => new Response('text'));
    const model = new MediaModel(new ApiClient(settings), live.asClient, 'j1');
    const shown = model.show();
    expect([model.isReady, model.series]).toEqual([false, []]);
    live.say(TOPIC, 1, { media: [keptAs('text', 'a', [aPiece(1)])], cursor: 1 });
    live.say(TOPIC, 2, { media: [keptAs('text', 'a', [aPiece(2)])], cursor: 2 });
    expect(model.series[0].pieces.map(({ step }) => step)).toEqual([1, 2]);
    const [series] = model.series;
    expect(await model.read(series, series.pieces[1])).toBe('text');
    expect(asked[0].query).toBe('?kind=text&step=2&index=0&version=2f');
    expect(model.urlOf(series, series.pieces[0])).toContain('jobs/j1/media/a?kind=text&step=1');
    shown.dispose();
    model.dispose();
  });

  it('keeps why the server refuses', () => {
    const live = new FakeLive();
    const { settings } = fakeServer(() => new Response(''));
    const model = new MediaModel(new ApiClient(settings), live.asClient, 'j1');
    model.show();
    live.refuse(TOPIC, 'There is no job.');
    expect(model.error).toBe('There is no job.');
    model.dispose();
  });
});
