import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { fireEvent, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '../../../../src/api';
import { metricRulesPlugin } from '../../../../src/plugins/tracking/rules';
import { ILogs } from '../../../../src/tokens/logs';
import { IMetricRules, RuleCommands } from '../../../../src/tokens/metrics';
import { dialogShown, press } from '../../dialogs';
import { FakeLines, FakeRules } from '../../panels/rules/fakes';
import { FakeJobs, fakeWorkbench } from '../../support';

let commands: CommandRegistry;
let rules: FakeRules;
let log: FakeLines;
let asked: string[];

beforeEach(() => {
  commands = new CommandRegistry();
  rules = new FakeRules();
  log = new FakeLines(['loss 0.5 at 30', 'epoch 2: acc 0.75']);
  asked = [];
  const { workbench, share } = fakeWorkbench(new FakeJobs());
  share(IMetricRules, rules);
  const model = log as unknown as never;
  const dispose = (): void => void asked.push('released');
  share(ILogs, {
    acquire: job => {
      asked.push(job);
      return { model, isDisposed: false, dispose };
    }
  });
  const app = { commands } as unknown as JupyterFrontEnd;
  void metricRulesPlugin.activate(app, workbench, nullTranslator, null);
});

afterEach(() => Dialog.flush());

const run = (args = {}) => commands.execute(RuleCommands.edit, args) as Promise<void>;

describe('metric rules', () => {
  it('are tried on the log of the job, changed and kept', async () => {
    const done = run({ id: 'j1' });
    const dialog = await dialogShown();
    await waitFor(() => expect(dialog.textContent).toContain('acc 2 points'));
    expect(rules.tries[0][1]).toBe('loss 0.5 at 30\nepoch 2: acc 0.75');
    const view = within(dialog);
    fireEvent.change(view.getByLabelText('Names to leave alone'), { target: { value: 'lr' } });
    await press(dialog, 'Save rules', done);
    expect(rules.changes).toEqual([
      { rules: rules.changes[0].rules, ignore: ['lr'], automatic: true, base: 3 }
    ]);
    expect([asked, log.shown]).toEqual([['j1', 'released'], 0]);
  });

  it('stay open with what is wrong', async () => {
    const done = run({ id: 'j1' });
    const dialog = await dialogShown();
    await waitFor(() => expect(dialog.textContent).toContain('acc 2 points'));
    const details = { field: 'rules[0].template' };
    rules.failure = new ApiError(400, { message: 'Rule 1 means nothing.', details });
    within(dialog).getByText('Save rules').click();
    await waitFor(() => expect(dialog.textContent).toContain('Rule 1 means nothing.'));
    await press(dialog, 'Cancel', done);
    expect(rules.changes).toEqual([]);
  });

  it('are tried on lines that are typed where no job is named', async () => {
    const done = run();
    const dialog = await dialogShown();
    const lines = await within(dialog).findByLabelText('Some lines to try them on');
    fireEvent.change(lines, { target: { value: 'f1 0.5' } });
    await waitFor(() => expect(rules.tries.at(-1)?.[1]).toBe('f1 0.5'));
    await press(dialog, 'Cancel', done);
    expect(asked).toEqual([]);
  });
});
