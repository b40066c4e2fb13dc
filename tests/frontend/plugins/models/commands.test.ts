import type { JupyterFrontEnd } from '@jupyterlab/application';
import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent } from '@testing-library/react';
import { CommandRegistry } from '@lumino/commands';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Deployment } from '../../../../src/api';
import { IModels, ModelCommands } from '../../../../src/tokens/models';
import { modelCommandsPlugin } from '../../../../src/plugins/models/commands';
import { dialogShown, press } from '../../dialogs';
import { FakeJobs, FakeModels, aDeployment, fakeWorkbench } from '../../support';

let commands: CommandRegistry;
let models: FakeModels;
let undeploy: ReturnType<typeof vi.spyOn>;

beforeEach(() => {
  commands = new CommandRegistry();
  models = new FakeModels();
  undeploy = vi.spyOn(models, 'undeploy');
  const { workbench, share } = fakeWorkbench(new FakeJobs());
  share(IModels, models);
  const app = { commands } as unknown as JupyterFrontEnd;
  void modelCommandsPlugin.activate(app, workbench, nullTranslator);
});

const withdraw = (deployments: Deployment[]) => {
  models.deployments = deployments;
  return commands.execute(ModelCommands.withdraw, { id: 'd1' }) as Promise<void>;
};

describe('withdrawing a model', () => {
  // proves: ui.withdraw-asks
  it('asks first, and names what stops answering', async () => {
    const done = withdraw([aDeployment()]);
    const dialog = await dialogShown();
    expect(dialog.textContent).toContain('Withdraw unet, version 1?');
    expect(dialog.textContent).toContain('programs that ask http://127.0.0.1:8503');
    expect(dialog.textContent).toContain('nothing will answer predictions');
    await press(dialog, 'Withdraw model', done);
    expect(undeploy.mock.calls).toEqual([['d1']]);
  });

  it('says how many others go on', async () => {
    const done = withdraw([aDeployment(), aDeployment({ id: 'd2', version: 2 })]);
    const dialog = await dialogShown();
    expect(dialog.textContent).toContain('1 other model goes on.');
    await press(dialog, 'Cancel', done);
    expect(undeploy).not.toHaveBeenCalled();
  });

  // proves: ui.withdraw-asks
  it('does nothing when Enter is pressed at once', async () => {
    const done = withdraw([aDeployment()]);
    await dialogShown();
    expect(document.activeElement?.textContent).toBe('Cancel');
    fireEvent.keyDown(document.activeElement as Element, { key: 'Enter' });
    await act(() => done);
    expect(undeploy).not.toHaveBeenCalled();
  });

  it('does not ask about one that does not answer anyhow', async () => {
    await withdraw([aDeployment({ state: 'failed' })]);
    expect(undeploy).toHaveBeenCalledOnce();
  });
});
