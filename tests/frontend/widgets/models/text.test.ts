import { act, fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { IAskedText } from '../../../../src/api/text/writing';
import { IModels } from '../../../../src/tokens/models';
import { page } from '../../../../src/widgets/basics/react';
import { StreamTextView } from '../../../../src/widgets/models/text';
import { FakeJobs, FakeModels, aDeployment, fakeWorkbench } from '../../support';
import { FakePen } from '../../components/text/pen';
import { removeWidgets, showWidget, tell } from '../show';
import { pending } from '../../clock/pending';

let pen: FakePen;
let names: () => Promise<string[]>;
let models: FakeModels;

vi.mock('../../../../src/api/text/writing', () => ({
  textModels: () => names(),
  writeText: (asked: IAskedText, signal: AbortSignal) => pen.write(asked, signal)
}));

beforeEach(() => {
  pen = new FakePen();
  names = () => Promise.resolve(['pen']);
  models = Object.assign(new FakeModels(), { deployments: [aDeployment()] });
  const { workbench, share } = fakeWorkbench(new FakeJobs());
  share(IModels, models);
  page.workbench = workbench;
});

afterEach(() => {
  removeWidgets();
  page.workbench = null;
});

const VALUES = { title: '', prompt: 'Once', model: '', max_tokens: 9, temperature: 1, answer: {} };
const show = (values: object = {}) => showWidget(StreamTextView, { ...VALUES, ...values });
const soon = () => act(() => pending.rest());
const sheet = () => screen.getByRole('region', { name: 'What the model wrote' });

describe('the widget that lets a model write', () => {
  // proves: widgets.stream-text
  it('asks the server from the page, without a kernel, and keeps what came', async () => {
    const { model } = await show();
    await soon();
    fireEvent.click(screen.getByRole('button', { name: 'Generate' }));
    pen.say(' more', 'stop');
    await soon();
    expect(pen.asked).toEqual([{ model: 'pen', prompt: 'Once', maxTokens: 9, temperature: 1 }]);
    const kept = { prompt: 'Once', text: ' more', ending: 'stop', error: '' };
    expect(model.get('answer')).toEqual(kept);
  });

  // proves: widgets.stream-text
  it('shows what was kept, as its kernel tells it', async () => {
    const { model } = await show({
      answer: { prompt: 'Once', text: ' more', ending: 'stopped', error: '' }
    });
    expect(sheet().textContent).toBe('Once more');
    expect(screen.getByText('Stopped after 5 characters.')).toBeTruthy();
    await tell(model, { answer: { prompt: 7, text: 'x', ending: 'strange' } });
    expect(sheet().textContent).toBe('x');
  });

  it('tells the kernel what was chosen, by its own names', async () => {
    const { model } = await show();
    await soon();
    fireEvent.change(screen.getByLabelText('Beginning'), { target: { value: 'Twice' } });
    const field = screen.getByLabelText('Length');
    fireEvent.change(field, { target: { value: '20' } });
    fireEvent.blur(field);
    expect([model.get('prompt'), model.get('max_tokens')]).toEqual(['Twice', 20]);
  });

  it('has a title of its own, or the one it is told', async () => {
    const { model } = await show({ title: 'Write' });
    expect(screen.getByRole('heading', { name: 'Write' })).toBeTruthy();
    await tell(model, { title: '' });
    expect(screen.getByRole('heading', { name: 'Let a model write' })).toBeTruthy();
  });

  it('looks again for models when something is deployed', async () => {
    models.deployments = [];
    await show();
    await soon();
    expect(screen.getByText('No model that writes text is deployed yet.')).toBeTruthy();
    models.deployments = [aDeployment()];
    models.changed.emit();
    await soon();
    expect(screen.getByRole('option', { name: 'pen' })).toBeTruthy();
  });

  it('asks for no models before it is known what is served', async () => {
    names = vi.fn(() => Promise.resolve([]));
    models.isServingKnown = false;
    await show();
    await soon();
    expect(names).not.toHaveBeenCalled();
    expect(screen.getByText('Looking for models…')).toBeTruthy();
  });

  it('says why it does not know which models there are', async () => {
    names = () => Promise.reject(new Error('The service is not there.'));
    await show();
    await soon();
    expect(screen.getByRole('alert').textContent).toBe('The service is not there.');
  });
});
