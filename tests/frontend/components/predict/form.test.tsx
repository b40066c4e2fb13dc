import { act, fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import type { Deployment } from '../../../../src/api';
import { ApiError } from '../../../../src/api';
import type { Prediction } from '../../../../src/api/serving';
import { PredictForm } from '../../../../src/components/predict/form';
import { aDeployment } from '../../support';
import { pending } from '../../clock/pending';

const TWO = { name: 'two.png', url: 'data:image/png;base64,QUJD' };
const SIX = { name: 'six.png', url: 'data:image/png;base64,REVG' };
const FOUND: Prediction = [
  {
    results: {
      class_name: ['2', '<b>7</b>'],
      scores: [0.987, 0.5],
      'rois [y_min, x_min, y_max, x_max]': [
        [1, 2, 3, 4],
        [5, 6, 7, 8]
      ]
    }
  },
  'UkVT'
];
const REFUSED = {
  message: 'It is no picture.',
  reason: '',
  code: 'unprocessable',
  details: {},
  status: 422
};

type Ask = () => Promise<Prediction[]>;

function form(answer: Ask, deployments: readonly Deployment[] | null = [aDeployment()]) {
  const ask = vi.fn(answer);
  const element = (served: readonly Deployment[] | null): React.JSX.Element => (
    <PredictForm title="" examples={[TWO, SIX]} deployments={served} ask={ask} />
  );
  const { rerender } = render(element(deployments));
  return { ask, serve: (served: readonly Deployment[]) => rerender(element(served)) };
}

const settle = (): Promise<void> => act(() => Promise.resolve());

async function click(name: string): Promise<void> {
  fireEvent.click(screen.getByTitle(`Ask about ${name}`));
  await settle();
}

async function choose(...names: string[]): Promise<void> {
  const files = names.map(name => new File(['x'], name, { type: 'image/png' }));
  fireEvent.change(screen.getByLabelText(/Pictures from your computer/), { target: { files } });
  await act(() => pending.rest());
}

async function ask(answer: Ask): Promise<ReturnType<typeof vi.fn>> {
  const made = form(answer);
  await click('two.png');
  return made.ask;
}

const example = (): HTMLButtonElement => screen.getByTitle('Ask about two.png');
const served = (): string | null => document.querySelector('.crispdm-Predict-served')!.textContent;

describe('PredictForm', () => {
  // proves: widgets.predict-form
  it('sends the content of the picture and shows what was found, as text', async () => {
    const asked = await ask(() => Promise.resolve([FOUND]));
    expect(asked).toHaveBeenCalledWith(['QUJD']);
    expect(screen.getByText('0.99')).toBeTruthy();
    expect(screen.getByText('<b>7</b>')).toBeTruthy();
    expect(screen.getByText('5, 6, 7, 8')).toBeTruthy();
    expect(screen.getByAltText<HTMLImageElement>('What was found').src).toMatch(/UkVT$/);
  });

  it('says that nothing was found', async () => {
    const nothing = { class_name: [], scores: [], 'rois [y_min, x_min, y_max, x_max]': [] };
    await ask(() => Promise.resolve([[{ results: nothing }, null]]));
    expect(screen.getByText('Nothing was found.')).toBeTruthy();
  });

  it('names the bad pictures of a batch and shows the answers to the others', async () => {
    form(() => Promise.resolve([FOUND, [{ error: REFUSED }, null]]));
    await choose('good.png', 'bad.png');
    const told = screen.getAllByRole('alert').map(alert => alert.textContent);
    expect(told).toEqual(['No answer to 1 of 2 pictures: bad.png', 'bad.png: It is no picture.']);
    expect(screen.getByText('0.99')).toBeTruthy();
  });

  it('names each picture when the server refuses all of them', async () => {
    const error = new ApiError(422, {
      message: 'No image could be answered. It is no picture.',
      details: { images: [REFUSED, { ...REFUSED, message: 'It is too large.' }] }
    });
    form(() => Promise.reject(error));
    await choose('a.png', 'b.png');
    const told = screen.getAllByRole('alert').map(alert => alert.textContent);
    expect(told).toContain('a.png: It is no picture.');
    expect(told).toContain('b.png: It is too large.');
  });

  it('says which pictures are too many, and asks about the others', async () => {
    const { ask: asked } = form(() => Promise.resolve(Array<Prediction>(16).fill(FOUND)));
    await choose(...Array.from({ length: 17 }, (_, index) => `${index}.png`));
    expect(screen.getByRole('alert').textContent).toMatch(/Left out.*: 16\.png$/);
    expect((asked.mock.calls as unknown[][])[0][0]).toHaveLength(16);
  });

  it('shows the error of the server and can be used again', async () => {
    await ask(() => Promise.reject(new Error('The model has stopped.')));
    expect(screen.getByRole('alert').textContent).toBe('The model has stopped.');
    expect(example().disabled).toBe(false);
  });

  it('cannot be asked twice at once', async () => {
    const asked = await ask(() => new Promise(() => undefined));
    fireEvent.click(example());
    expect(asked).toHaveBeenCalledTimes(1);
    expect(screen.getByText('Asking the model…')).toBeTruthy();
  });

  // proves: ui.predict-says
  it('clears the answer before with the next question', async () => {
    const answers: ((predictions: Prediction[]) => void)[] = [];
    form(() => new Promise(resolve => answers.push(resolve)));
    await click('two.png');
    answers[0]([FOUND]);
    await settle();
    expect(screen.getByText('0.99')).toBeTruthy();
    await click('six.png');
    expect(screen.queryByText('0.99')).toBeNull();
    expect(screen.getByText('Asking the model…')).toBeTruthy();
  });

  it('says that no answer came where the reply is too short', async () => {
    await ask(() => Promise.resolve([]));
    expect(screen.getByText('No answer came.')).toBeTruthy();
  });
});

describe('PredictForm before it is asked', () => {
  const nobody = (): Promise<Prediction[]> => Promise.reject(new Error('asked'));

  it('says that nothing is deployed, and turns on when something is', async () => {
    const { ask: asked, serve } = form(nobody, []);
    expect(served()).toMatch(/No model is deployed yet/);
    expect(example().disabled).toBe(true);
    await click('two.png');
    expect(asked).not.toHaveBeenCalled();
    serve([aDeployment({ state: 'starting' })]);
    expect(served()).toBe('unet, version 1, is starting…');
    expect(example().disabled).toBe(true);
    serve([aDeployment()]);
    expect(served()).toBe('unet, version 1, answers.');
    expect(example().disabled).toBe(false);
  });

  it('says why a deployed model cannot answer', () => {
    form(nobody, [aDeployment({ state: 'failed', reason: 'torch is missing' })]);
    expect(served()).toBe('unet, version 1, cannot answer: torch is missing');
  });

  it('claims nothing before the server has told', () => {
    form(nobody, null);
    expect(served()).toBe('Looking for a deployed model…');
    expect(example().disabled).toBe(true);
  });
});
