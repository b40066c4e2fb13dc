import { act, renderHook } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../../../src/api';
import type { Prediction } from '../../../../src/api/serving';
import { usePrediction } from '../../../../src/components/predict/useprediction';

const FOUND: Prediction = [
  {
    results: {
      class_name: ['7'],
      scores: [0.9],
      'rois [y_min, x_min, y_max, x_max]': [[0, 0, 1, 1]]
    }
  },
  null
];
const picture = (name: string, text = 'QUJD') => ({ name, url: `data:image/png;base64,${text}` });

/** The hook, with a server whose answers the test gives in any order. */
function asking() {
  const answers: { yes: (found: Prediction[]) => void; no: (reason: unknown) => void }[] = [];
  const ask = vi.fn<(images: readonly string[]) => Promise<Prediction[]>>(
    () => new Promise((yes, no) => answers.push({ yes, no }))
  );
  const { result, unmount } = renderHook(() => usePrediction(ask));
  const put = (...names: string[]) =>
    act(() => void result.current[1](names.map(name => picture(name))));
  const settle = (answer: () => void) =>
    act(async () => {
      answer();
      await Promise.resolve();
    });
  return { ask, answers, put, settle, unmount, state: () => result.current[0] };
}

const refused = (images: unknown) =>
  new ApiError(422, { message: 'No image could be answered.', details: { images } });
const refusal = (message: string) => ({
  message,
  reason: '',
  code: 'unprocessable',
  details: {},
  status: 422
});

describe('usePrediction', () => {
  it('sends the content of a picture without what stands before it', () => {
    const { ask, put, state } = asking();
    expect(state()).toEqual({ isBusy: false, answers: [], error: '' });
    put('a.png');
    expect(ask).toHaveBeenCalledWith(['QUJD']);
    expect(state().isBusy).toBe(true);
  });

  it('has each answer beside its picture', async () => {
    const { answers, put, settle, state } = asking();
    put('a.png', 'b.png');
    await settle(() => answers[0].yes([FOUND, [{ error: refusal('It is no picture.') }, null]]));
    expect(state().isBusy).toBe(false);
    expect(state().answers.map(({ picture, error }) => [picture.name, error])).toEqual([
      ['a.png', ''],
      ['b.png', 'It is no picture.']
    ]);
    expect(state().answers[0].results?.class_name).toEqual(['7']);
  });

  // proves: ui.predict-says
  it('drops what comes late for the question before', async () => {
    const { answers, put, settle, state } = asking();
    put('first.png');
    put('second.png');
    await settle(() => answers[1].yes([FOUND]));
    await settle(() => answers[0].no(new Error('late')));
    expect(state().error).toBe('');
    expect(state().answers.map(({ picture }) => picture.name)).toEqual(['second.png']);
  });

  it('waits for the last question when the one before is answered first', async () => {
    const { answers, put, settle, state } = asking();
    put('first.png');
    put('second.png');
    await settle(() => answers[0].yes([FOUND]));
    expect(state()).toEqual({ isBusy: true, answers: [], error: '' });
  });

  it('clears what was refused with the next question', async () => {
    const { answers, put, settle, state } = asking();
    put('a.png');
    await settle(() => answers[0].no(new Error('The model has stopped.')));
    expect(state()).toEqual({ isBusy: false, answers: [], error: 'The model has stopped.' });
    put('a.png');
    expect(state()).toEqual({ isBusy: true, answers: [], error: '' });
  });

  it.each([
    [
      'as many refusals as pictures',
      [refusal('No.'), refusal('Too large.')],
      ['No.', 'Too large.']
    ],
    ['fewer', [refusal('No.')], []],
    ['none', undefined, []],
    ['something that is no list', 'all of them', []]
  ])('tells a refusal of all where the server names %s', async (_, images, each) => {
    const { answers, put, settle, state } = asking();
    put('a.png', 'b.png');
    await settle(() => answers[0].no(refused(images)));
    expect(state().answers.map(({ error }) => error)).toEqual(each);
    expect(state().error).toBe(each.length > 0 ? '' : 'No image could be answered.');
  });

  it('bears an answer that comes when nobody looks any more', async () => {
    const told = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { answers, put, settle, unmount } = asking();
    put('a.png');
    unmount();
    await settle(() => answers[0].yes([FOUND]));
    expect(told).not.toHaveBeenCalled();
    told.mockRestore();
  });
});
