import { act, fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import type { Prediction } from '../../../src/api/serving';
import { PredictForm } from '../../../src/components/predictform';

const EXAMPLE = { name: 'two.png', url: 'data:image/png;base64,QUJD' };
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

async function ask(answer: () => Promise<Prediction[]>): Promise<ReturnType<typeof vi.fn>> {
  const asked = vi.fn(answer);
  render(<PredictForm title="" examples={[EXAMPLE]} ask={asked} />);
  await act(() => {
    fireEvent.click(screen.getByTitle('Ask about two.png'));
    return Promise.resolve();
  });
  return asked;
}

describe('PredictForm', () => {
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

  it('shows why one picture has no answer', async () => {
    const error = { message: 'Too large.', reason: '', code: 'too_large', details: {} };
    await ask(() => Promise.resolve([[{ error }, null]]));
    expect(screen.getByText('Too large.')).toBeTruthy();
  });

  it('shows the error of the server and can be used again', async () => {
    await ask(() => Promise.reject(new Error('Nothing is deployed.')));
    expect(screen.getByRole('alert').textContent).toBe('Nothing is deployed.');
    expect(screen.getByTitle<HTMLButtonElement>('Ask about two.png').disabled).toBe(false);
  });

  it('cannot be asked twice at once', async () => {
    const asked = await ask(() => new Promise(() => undefined));
    fireEvent.click(screen.getByTitle('Ask about two.png'));
    expect(asked).toHaveBeenCalledTimes(1);
    expect(screen.getByText('Asking the model…')).toBeTruthy();
  });
});
