import { act, fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Prediction } from '../../../../src/api/serving';
import { IModels } from '../../../../src/tokens/models';
import { page } from '../../../../src/widgets/basics/react';
import { PredictFormView } from '../../../../src/widgets/models/predict';
import { FakeJobs, FakeModels, aDeployment, fakeWorkbench } from '../../support';
import { removeWidgets, showWidget, tell } from '../show';

const asked: string[][] = [];
let answer: () => Promise<Prediction[]>;

vi.mock('../../../../src/api/serving', () => ({
  predict: (images: string[]) => {
    asked.push(images);
    return answer();
  }
}));

let models: FakeModels;
const TWO = { name: 'two.png', url: 'data:image/png;base64,QUJD' };

beforeEach(() => {
  asked.length = 0;
  answer = () => Promise.resolve([]);
  models = new FakeModels();
  const { workbench, share } = fakeWorkbench(new FakeJobs());
  share(IModels, models);
  page.workbench = workbench;
});

afterEach(() => {
  removeWidgets();
  page.workbench = null;
});

const show = (values: object = {}) =>
  showWidget(PredictFormView, { title: '', _examples: [TWO], ...values });
const frame = () => act(() => new Promise<void>(resolve => requestAnimationFrame(() => resolve())));
const example = () => screen.getByTitle<HTMLButtonElement>('Ask about two.png');

describe('the form for predictions in a notebook', () => {
  it('has the title that it is told, or one of its own', async () => {
    const { model } = await show({ title: 'Digits' });
    expect(screen.getByRole('region', { name: 'Digits' })).toBeTruthy();
    await tell(model, { title: '' });
    expect(screen.getByRole('region', { name: 'Ask the model' })).toBeTruthy();
  });

  it('claims nothing before it is known what is served, and opens when something is', async () => {
    models.isServingKnown = false;
    await show();
    expect(screen.getByText('Looking for a deployed model…')).toBeTruthy();
    Object.assign(models, { isServingKnown: true, deployments: [aDeployment()] });
    models.changed.emit();
    await frame();
    expect(screen.getByText('unet, version 1, answers.')).toBeTruthy();
    expect(example().disabled).toBe(false);
  });

  // proves: widgets.predict-form
  it('asks the server from the page, without a kernel, and says what it refused', async () => {
    models.deployments = [aDeployment()];
    await show();
    answer = () => Promise.reject(new Error('The model has stopped.'));
    fireEvent.click(example());
    await frame();
    expect(asked).toEqual([['QUJD']]);
    expect(screen.getByRole('alert').textContent).toBe('The model has stopped.');
  });

  it('shows other examples when the kernel sends some', async () => {
    const { model } = await show({ _examples: [] });
    expect(screen.queryByRole('group', { name: 'Examples' })).toBeNull();
    await tell(model, { _examples: [TWO] });
    expect(example().querySelector('img')?.alt).toBe('two.png');
  });

  it('closes again when the model is withdrawn', async () => {
    models.deployments = [aDeployment()];
    await show();
    models.deployments = [];
    models.changed.emit();
    await frame();
    expect(example().disabled).toBe(true);
    expect(screen.getByRole('status').textContent).toMatch(/No model is deployed yet/);
  });
});
