import { act, fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Prediction } from '../../../../src/api/serving';
import { IModels } from '../../../../src/tokens/models';
import { page } from '../../../../src/widgets/basics/react';
import { PredictFormView } from '../../../../src/widgets/models/predict';
import { FakeAsking } from '../../facts';
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
  showWidget(PredictFormView, { title: '', model: '', _examples: [TWO], ...values });
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

describe('the form for one model', () => {
  const IRIS = new FakeAsking().described as Exclude<FakeAsking['described'], Error>;
  const answering = (inputs: typeof IRIS.inputs, more: Partial<FakeAsking> = {}): FakeAsking => {
    models.deployments = [aDeployment({ model: 'unet', version: 2, alias: 'champion' })];
    const asking = Object.assign(new FakeAsking(), { described: { ...IRIS, inputs } }, more);
    models.answering = asking;
    return asking;
  };

  it('says that the model is not deployed, and opens when it is', async () => {
    models.deployments = [aDeployment({ model: 'unet', version: 2 })];
    await show({ model: 'unet@champion' });
    expect(screen.getByRole('status').textContent).toMatch(/“unet@champion” is not deployed yet/);
    answering(IRIS.inputs);
    models.changed.emit();
    await frame();
    await frame();
    expect(screen.getByRole('textbox', { name: /Rows: typed/ })).toBeTruthy();
  });

  it('says why a model that is deployed cannot be asked', async () => {
    const failed = { state: 'failed', reason: 'Its file is gone.' } as const;
    models.deployments = [aDeployment({ model: 'unet', version: 2, ...failed })];
    await show({ model: 'unet/2' });
    expect(screen.getByRole('status').textContent).toBe('“unet/2” is failed. Its file is gone.');
  });

  // proves: tryit.dashboards
  it('takes rows for a table, and answers beside them', async () => {
    answering(IRIS.inputs);
    await show({ model: 'unet' });
    await frame();
    const rows = screen.getByRole('textbox', { name: /Rows: typed/ });
    fireEvent.change(rows, { target: { value: '1,2,3' } });
    fireEvent.click(screen.getByRole('button', { name: 'Ask the model' }));
    expect(await screen.findByRole('table', { name: 'Answers' })).toBeTruthy();
  });

  // proves: tryit.dashboards
  it('takes pictures for a model of pictures, and asks the version that was meant', async () => {
    const asking = answering([{ name: 'images', datatype: 'FP32', shape: [-1, 3, 64, 64] }]);
    await show({ model: 'unet@champion', title: 'Irises' });
    await frame();
    expect(screen.getByRole('region', { name: 'Irises' })).toBeTruthy();
    fireEvent.click(example());
    expect(await screen.findByText('Ask the same from a program')).toBeTruthy();
    expect(asking.asked).toEqual([[['QUJD'], 'mlp_irises2']]);
    expect(asked).toEqual([]);
    expect(screen.getAllByText(/mlp_irises2/).length).toBe(3);
  });

  // proves: tryit.dashboards
  it('takes a prompt for a model that writes, and shows the text', async () => {
    const pieces = [
      { text: 'upon ', ended: null },
      { text: 'a time', ended: 'stop' }
    ];
    const asking = answering([{ name: 'prompt', datatype: 'BYTES', shape: [1] }], { pieces });
    await show({ model: 'unet' });
    await frame();
    const prompt = screen.getByRole('textbox', { name: /Beginning/ });
    fireEvent.change(prompt, { target: { value: 'Once ' } });
    fireEvent.click(screen.getByRole('button', { name: 'Generate' }));
    expect(await screen.findByText(/upon a time/)).toBeTruthy();
    expect(asking.asked).toEqual([['Once ']]);
    expect(await screen.findByText('Ask the same from a program')).toBeTruthy();
  });
});
