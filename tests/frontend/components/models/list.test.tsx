import { fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import { ModelList } from '../../../../src/components/models/list';
import { FakeModels, aDeployment, aModel } from '../../support';

const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>('button', { name });

describe('ModelList', () => {
  const list = (models: FakeModels, { versions } = aModel()) => {
    const actions = { onDeploy: vi.fn(), onUndeploy: vi.fn() };
    return { ...render(<ModelList models={models} versions={versions} {...actions} />), actions };
  };

  it('deploys with one click', () => {
    const { actions } = list(new FakeModels());
    fireEvent.click(button('Deploy unet, version 1'));
    expect(actions.onDeploy.mock.calls[0][0]).toMatchObject({ name: 'unet', version: 1 });
  });

  it('withdraws what is deployed', () => {
    const models = new FakeModels();
    models.deployments = [aDeployment()];
    const { actions } = list(models);
    expect(screen.getByText(/deployed/)).toBeTruthy();
    fireEvent.click(button('Withdraw unet, version 1'));
    expect(actions.onUndeploy.mock.calls[0][0]).toMatchObject({ id: 'd1' });
  });

  it('says why a deployment failed, and lets one try again', () => {
    const models = new FakeModels();
    models.deployments = [aDeployment({ state: 'failed', reason: 'torch is missing' })];
    list(models);
    expect(screen.getByText(/deployment failed: torch is missing/)).toBeTruthy();
    expect(button('Deploy unet, version 1').disabled).toBe(false);
  });

  it('says how one comes where there is none', () => {
    list(new FakeModels(), aModel('unet', 0));
    expect(screen.getByText('No models yet.')).toBeTruthy();
    expect(screen.getByText(/crispdm\.model\(/)).toBeTruthy();
  });

  it('tells a long name whole to who rests on it, with its aliases and when it was made', () => {
    const model = aModel('segmentation-'.repeat(20));
    model.versions[0].aliases = ['champion', 'nightly'];
    list(new FakeModels(), model);
    const name = document.querySelector<HTMLElement>('.crispdm-List-name')!;
    const [first, second, third] = name.title.split('\n');
    expect(first).toBe(`${model.name}, version 1`);
    expect(second).toBe('@champion @nightly');
    expect(third).toMatch(/2026/);
    const detail = document.querySelector<HTMLElement>('.crispdm-List-detail')!;
    expect(detail.title).toBe('segmentation · torch');
  });

  it('has no empty lines in what it tells of one without aliases', () => {
    list(new FakeModels());
    const name = document.querySelector<HTMLElement>('.crispdm-List-name')!;
    expect(name.title.split('\n')).toHaveLength(2);
  });

  it('shows names as text', () => {
    const { container } = list(new FakeModels(), aModel('<img src=x>'));
    expect(container.querySelector('img')).toBeNull();
    expect(button('Deploy <img src=x>, version 1')).toBeTruthy();
  });

  it.each([
    ['starting', 'deploying…', 'Withdraw'],
    ['ready', 'deployed', 'Withdraw'],
    ['stopped', 'withdrawn', 'Deploy'],
    ['failed', 'deployment failed: no memory', 'Deploy']
  ] as const)('says of one that is %s: %s, and offers to %s it', (state, label, action) => {
    const models = new FakeModels();
    models.deployments = [aDeployment({ state, reason: 'no memory' })];
    list(models);
    expect(screen.getByText(`${label} · segmentation · torch`)).toBeTruthy();
    expect(screen.getByRole('button').textContent).toBe(action);
  });

  it('is grey while the command is on its way', () => {
    const models = new FakeModels();
    models.pending = true;
    list(models);
    expect(button('Deploy unet, version 1').disabled).toBe(true);
  });
});
