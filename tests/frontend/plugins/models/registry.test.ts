import { Dialog, Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { act, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ModelPage } from '../../../../src/panels/models';
import { modelPagesPlugin } from '../../../../src/plugins/models/pages';
import { registryCommandsPlugin } from '../../../../src/plugins/models/registry';
import { IModels, ModelCommands } from '../../../../src/tokens/models';
import { dialogShown, press } from '../../dialogs';
import { FakeLab } from '../../lab';
import { aModel, FakeJobs, FakeModels, fakeWorkbench } from '../../support';

let lab: FakeLab;
let models: FakeModels;

beforeEach(() => {
  lab = new FakeLab();
  models = new FakeModels();
  models.list = [aModel('unet', 3)];
  const { workbench, share } = fakeWorkbench(new FakeJobs());
  share(IModels, models);
  void registryCommandsPlugin.activate(lab.app, workbench, nullTranslator);
  void modelPagesPlugin.activate(lab.app, workbench, nullTranslator, null);
});

afterEach(() => {
  Dialog.flush();
  lab.places.splice(0).forEach(({ widget }) => widget.dispose());
  Notification.manager.notifications.forEach(({ id }) => Notification.dismiss(id));
});

const UNET = { name: 'unet', version: 2 };

/** Answer the question that a command asks in a text field. */
async function typed(text: string, button: string, done: Promise<unknown>): Promise<string> {
  const dialog = await dialogShown();
  const field = dialog.querySelector('input');
  act(() => {
    field!.value = text;
  });
  const told = dialog.textContent;
  await press(dialog, button, done);
  return told ?? '';
}

describe('changing the registry', () => {
  // proves: models.page
  it('sets an alias, also where its sign was typed with it', async () => {
    const done = lab.run(ModelCommands.setAlias, UNET);
    expect(await typed(' @champion', 'Set alias', done)).toContain('Alias of unet, version 2');
    expect(models.asked).toEqual([['setAlias', 'unet', 'champion', 2]]);
  });

  it('sets nothing where nothing was typed, and nothing after Cancel', async () => {
    await typed('', 'Set alias', lab.run(ModelCommands.setAlias, UNET));
    await typed('champion', 'Cancel', lab.run(ModelCommands.setAlias, UNET));
    expect(models.asked).toEqual([]);
  });

  it.each([
    [ModelCommands.removeAlias, 'Remove alias', ['removeAlias', 'unet', 'champion']],
    [ModelCommands.rollBack, 'Roll back', ['rollBack', 'unet', 'champion', 2]],
    [ModelCommands.remove, 'Delete version', ['remove', 'unet', 2]]
  ])('asks before %s', async (command, button, asked) => {
    const given = { ...UNET, alias: 'champion' };
    const refused = lab.run(command, given);
    await press(await dialogShown(), 'Cancel', refused);
    expect(models.asked).toEqual([]);
    const done = lab.run(command, given);
    await press(await dialogShown(), button, done);
    expect(models.asked).toEqual([asked]);
  });

  it('says what loading a model builds, and trusts it for a reason', async () => {
    models.report = { types: ['a.B', 'c.D'], untrusted: ['c.D'], imports: [], trust: null };
    const done = lab.run(ModelCommands.trust, UNET);
    expect(await typed('Our own code.', 'Trust', done)).toContain('builds: c.D.');
    expect(models.asked).toEqual([['trust', 'unet', 2, ['a.B', 'c.D'], 'Our own code.']]);
  });

  it('shows why the server refused', async () => {
    vi.spyOn(models, 'remove').mockRejectedValue(new Error('A deployment serves it.'));
    const done = lab.run(ModelCommands.remove, UNET);
    await press(await dialogShown(), 'Delete version', done);
    expect(Notification.manager.notifications[0].message).toBe(
      'The version was not deleted: A deployment serves it.'
    );
  });
});

describe('pages of models', () => {
  // proves: models.page
  it('are opened once each, and come back as they were left', async () => {
    const view = { tab: 'history', chosen: [2, 1] };
    await Promise.all([1, 2].map(() => lab.run(ModelCommands.open, { name: 'unet', view })));
    expect(lab.places.map(({ widget }) => widget.id)).toEqual(['jupyter-crispdm:model:unet']);
    const { model, title } = lab.places[0].widget as ModelPage;
    expect([title.label, model.view.tab, model.chosen]).toEqual(['unet', 'history', [2, 1]]);
  });

  it('open nothing where no model is named', async () => {
    await lab.run(ModelCommands.open, {});
    expect(lab.places).toEqual([]);
  });

  it('ask for the history anew when an alias moved, and only then', async () => {
    await lab.run(ModelCommands.open, { name: 'unet' });
    const { model } = lab.places[0].widget as ModelPage;
    await waitFor(() => expect(model.history).not.toBeNull());
    models.changed.emit();
    expect(models.asked).toEqual([['history', 'unet']]);
    models.list = [{ ...models.list[0], aliases: { champion: 2 } }];
    models.changed.emit();
    expect(models.asked).toEqual([
      ['history', 'unet'],
      ['history', 'unet']
    ]);
  });

  it('say why there is no history, and let go of all when they are closed', async () => {
    models.told = new Error('It is not yours.');
    await lab.run(ModelCommands.open, { name: 'unet' });
    const page = lab.places[0].widget as ModelPage;
    await waitFor(() => expect(page.model.trouble).toBe('It is not yours.'));
    page.dispose();
    expect(page.model.isDisposed).toBe(true);
    models.list = [];
    models.changed.emit();
    expect(models.asked.length).toBe(1);
  });
});

describe('choosing versions', () => {
  it('shows one alone, more beside it, and always at least one', async () => {
    await lab.run(ModelCommands.open, { name: 'unet' });
    const { model } = lab.places[0].widget as ModelPage;
    expect(model.chosen).toEqual([3]);
    model.choose(1, true);
    expect(model.chosen).toEqual([3, 1]);
    model.choose(2, false);
    expect(model.chosen).toEqual([2]);
    model.choose(2, true);
    expect(model.chosen).toEqual([3]);
  });
});
