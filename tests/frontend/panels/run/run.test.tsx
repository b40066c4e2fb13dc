import { fireEvent, render, screen, within } from '@testing-library/react';
import React, { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../../../src/api';
import { wholeRule } from '../../../../src/components/alerts/values';
import { RunForm } from '../../../../src/components/run/form';
import type { IRunValues } from '../../../../src/components/run/values';
import { emptyForm, formOf } from '../../../../src/components/run/values';
import { RunModel } from '../../../../src/panels/run/model';
import { FakeEnvironments, FakeJobs, FakeLatest, aJob, anEnvironment, trans } from '../../support';

describe('RunModel', () => {
  const make = (original?: ConstructorParameters<typeof RunModel>[0]['original']) => {
    const jobs = new FakeJobs();
    const values = original ? formOf(original.submission) : emptyForm('x.py');
    const environments = new FakeEnvironments();
    const model = new RunModel({ jobs, environments, trans, values, original });
    return { jobs, model };
  };
  const sent = (jobs: FakeJobs) => jobs.commands.map(command => command.at(-1) as { id: string });

  it('submits what was chosen', async () => {
    const { jobs, model } = make();
    model.change({ args: '--epochs 5', environment: 'e2' });
    expect((await model.submit())?.id).toBe('new');
    expect(jobs.commands[0][0]).toBe('submit');
    const [{ id, ...rest }] = sent(jobs);
    expect(rest).toEqual({ script: 'x.py', name: 'x', environment: 'e2', args: ['--epochs', '5'] });
    expect(id).toMatch(/^\d{8}-\d{6}-[0-9a-f]{8}$/);
  });

  it('sends the same id until something else is chosen, so that two clicks make one job', async () => {
    const { jobs, model } = make();
    await Promise.all([model.submit(), model.submit()]);
    model.change({ args: 'x' });
    await model.submit();
    const ids = sent(jobs).map(({ id }) => id);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('runs a job again with only what was changed', async () => {
    const submission = { script: 'x.py', environment: 'e1', parameters: { lr: 0.1 }, cpus: 2 };
    const { jobs, model } = make({ id: 'j1', name: 'train', submission });
    model.change({ parameters: [{ name: 'lr', kind: 'number', value: '0.2' }], cpus: '1' });
    await model.submit();
    const [{ id, ...changes }] = sent(jobs);
    expect(jobs.commands[0].slice(0, 2)).toEqual(['rerun', 'j1']);
    expect(changes).toEqual({ parameters: { lr: 0.2 }, cpus: 1 });
    expect(id).toBeTruthy();
  });

  it('does not ask the server about what is plainly wrong', async () => {
    const { jobs, model } = make();
    model.change({ args: '"open' });
    expect(await model.submit()).toBeNull();
    expect(jobs.commands).toEqual([]);
    expect(model.errors.args).toBe('A quote is not closed.');
  });

  it.each([
    ['cwd', 'cwd'],
    ['changes.memory', 'memory'],
    ['parameters.lr', 'parameters'],
    ['after[0]', 'after'],
    ['alerts', 'alerts'],
    ['alerts[1].metric', 'alerts'],
    ['script', '']
  ])('shows the complaint about %s beside the field “%s”', async (field, place) => {
    const { jobs, model } = make();
    jobs.failure = new ApiError(400, { message: 'It is wrong.', details: { field } });
    expect(await model.submit()).toBeNull();
    expect(model.errors).toEqual({ [place]: 'It is wrong.' });
  });

  it('forgets what was wrong with a field when it is changed', async () => {
    const { model } = make();
    model.change({ args: '"open', cpus: 'many' });
    await model.submit();
    model.change({ args: 'closed' });
    expect(Object.keys(model.errors)).toEqual(['cpus']);
  });

  it('offers the metrics that the same logged before, and lets go of them when it is over', () => {
    const jobs = new FakeJobs();
    const latest = new FakeLatest();
    jobs.list = [
      aJob({ id: 'waits', source: 'x.py', started: null }),
      aJob({ id: 'newer', source: 'x.py' }),
      aJob({ id: 'older', source: 'x.py' })
    ];
    const options = { jobs, environments: new FakeEnvironments(), trans, latest };
    const model = new RunModel({ ...options, values: emptyForm('x.py') });
    expect([latest.wanted, model.metrics]).toEqual([['newer'], []]);
    const heard = vi.fn();
    model.changed.connect(heard);
    latest.known.set(
      'newer',
      new Map([
        ['val/loss', 1],
        ['loss', 2]
      ])
    );
    latest.changed.emit();
    expect([heard.mock.calls.length, model.metrics]).toEqual([1, ['loss', 'val/loss']]);
    model.dispose();
    latest.changed.emit();
    expect(heard).toHaveBeenCalledTimes(1);
    const original = { id: 'older', name: 'train', submission: { script: 'x.py' } };
    new RunModel({ ...options, values: formOf(original.submission), original }).dispose();
    expect(latest.wanted).toEqual(['older']);
    new RunModel({ ...options, values: emptyForm('new.py') }).dispose();
    expect(latest.wanted).toEqual(['older']);
  });

  it('shows above all fields what concerns none', async () => {
    const { jobs, model } = make();
    jobs.failure = new TypeError('Failed to fetch');
    await model.submit();
    expect(model.errors).toEqual({ '': 'Failed to fetch' });
  });
});

describe('RunForm', () => {
  const form = (
    start: IRunValues,
    errors: React.ComponentProps<typeof RunForm>['errors'] = {},
    jobs = [aJob()]
  ) => {
    const shown: { values: IRunValues } = { values: start };
    const Host = () => {
      const [values, setValues] = useState(start);
      shown.values = values;
      return (
        <RunForm
          values={values}
          errors={errors}
          environments={[anEnvironment()]}
          jobs={jobs}
          onChange={change => setValues({ ...values, ...change })}
        />
      );
    };
    const view = render(<Host />);
    return { ...view, shown, more: view.container.querySelector('details') };
  };
  const type = (label: string | RegExp, value: string) =>
    fireEvent.change(screen.getByLabelText(label), { target: { value } });
  const click = (name: string) => fireEvent.click(screen.getByRole('button', { name }));

  it('adds, changes and removes parameters', () => {
    const { shown } = form(formOf({ script: 'x.py', parameters: { lr: 0.1, flag: true } }));
    type('Value of lr', '0.2');
    type('Value of flag', 'false');
    click('Add parameter');
    type('Name of parameter 3', 'net');
    type('Value of net', 'unet');
    type('Kind of net', 'text');
    click('Remove lr');
    expect(shown.values.parameters).toEqual([
      { name: 'flag', kind: 'boolean', value: 'false' },
      { name: 'net', kind: 'text', value: 'unet' }
    ]);
  });

  it('takes pasted lines as parameters', () => {
    const { shown } = form(emptyForm('x.py'));
    click('Add parameter');
    const clipboardData = { getData: () => 'lr = 0.1\nnet = unet' };
    fireEvent.paste(screen.getByLabelText('Name of parameter 1'), { clipboardData });
    expect(shown.values.parameters.map(({ name }) => name)).toEqual(['lr', 'net']);
  });

  it('has the rest folded away, unless it says something or is wrong', () => {
    expect(form(emptyForm('x.py')).more?.open).toBe(false);
    expect(form(formOf({ script: 'x.py', cpus: 2 })).more?.open).toBe(true);
    const { more } = form(emptyForm('x.py'), { memory: 'Too much.' });
    expect(more?.open).toBe(true);
    expect(screen.getByText('Too much.')).toBeTruthy();
  });

  it('takes numbers with units, tags and when to tell', () => {
    const { shown } = form(emptyForm('x.py'));
    type('Memory', '4');
    type('Unit of memory', 'MiB');
    type('Time limit', '2m');
    type('Tags', 'a, b');
    type('Tell by e-mail and webhook', 'never');
    const { memory, timeout, tags, notify } = shown.values;
    expect(memory).toEqual({ amount: '4', unit: 'MiB' });
    expect(timeout).toBe('2m');
    expect([tags, notify]).toEqual(['a, b', 'never']);
  });

  // proves: diagnosis.alert-fields
  it('takes alerts, open from the start where there are some', () => {
    const { shown, more } = form(formOf({ script: 'x.py', alerts: [wholeRule({ when: 'nan' })] }));
    expect(more?.open).toBe(true);
    type('What then', 'stop');
    expect(shown.values.alerts).toMatchObject([{ when: 'nan', then: 'stop' }]);
  });

  it('waits for jobs that run', () => {
    const jobs = [aJob(), aJob({ id: 'over', name: 'over', state: 'failed' })];
    const { shown } = form(emptyForm('x.py'), {}, jobs);
    const picker = screen.getByLabelText('Start after');
    expect(within(picker).queryByText('over')).toBeNull();
    type('Start after', 'j1');
    expect(shown.values.after).toEqual(['j1']);
    click('Do not wait for train');
    expect(shown.values.after).toEqual([]);
  });

  it('asks for a command where there is no file, and for no arguments of a notebook', () => {
    form(formOf({ command: ['echo', 'a b'] })).unmount();
    form(formOf({ notebook: 'x.ipynb' }));
    expect(screen.queryByLabelText('Arguments')).toBeNull();
    expect(screen.queryByLabelText('Command')).toBeNull();
  });
});
