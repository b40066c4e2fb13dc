import { fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import { ModelList } from '../../../../src/components/models/list';
import { FakeModels, aDeployment, aModel } from '../../support';

const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>('button', { name });

describe('ModelList', () => {
  const list = (models: FakeModels) => {
    const actions = { onDeploy: vi.fn(), onUndeploy: vi.fn() };
    const { versions } = aModel();
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

  it('is grey while the command is on its way', () => {
    const models = new FakeModels();
    models.pending = true;
    list(models);
    expect(button('Deploy unet, version 1').disabled).toBe(true);
  });
});
