import { act, fireEvent, render, screen, within } from '@testing-library/react';
import React from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ArtifactList } from '../../../src/components/job/artifacts';
import { ConnectionBanner } from '../../../src/components/basics/connection';
import { EnvironmentList } from '../../../src/components/environments/list';
import { EnvironmentPicker } from '../../../src/components/environments/picker';
import { FactsGuard } from '../../../src/components/basics/facts';
import { InputLine } from '../../../src/components/job/inputline';
import { JobTable } from '../../../src/components/jobs/table';
import { ModelList } from '../../../src/components/models/list';
import { ParameterTable } from '../../../src/components/job/parameters';
import { RunningJobs } from '../../../src/components/jobs/running';
import { Tabs } from '../../../src/components/basics/tabs';
import {
  FakeConnection,
  FakeJobs,
  FakeModels,
  aDeployment,
  aJob,
  aModel,
  anEnvironment,
  giveSize
} from '../support';

const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>('button', { name });
const frame = () => act(() => new Promise<void>(resolve => requestAnimationFrame(() => resolve())));

beforeEach(() => giveSize(520));

describe('JobTable', () => {
  const table = (jobs = [aJob()], change: Partial<React.ComponentProps<typeof JobTable>> = {}) => {
    const props = {
      jobs,
      environmentName: (id: string) => `env ${id}`,
      isPending: () => false,
      onOpen: vi.fn(),
      onStop: vi.fn(),
      ...change
    };
    return { ...render(<JobTable {...props} />), props };
  };

  it('shows the state in words, the environment, the message and the progress', () => {
    table([aJob({ progress: { done: 1, total: 3, message: 'epoch 2' } })]);
    const row = screen.getByRole('listitem');
    expect(within(row).getByRole('button', { name: 'train, Running' })).toBeTruthy();
    expect(within(row).getByText('env server · epoch 2')).toBeTruthy();
    expect(within(row).getByText('33 %')).toBeTruthy();
    expect(within(row).getByRole('progressbar').getAttribute('aria-valuenow')).toBe('33');
  });

  it('has an unknown progress bar for a job that does not say, and none for one that waits', () => {
    const { container } = table([aJob(), aJob({ id: 'q', state: 'queued', started: null })]);
    expect(container.querySelectorAll('[role=progressbar]')).toHaveLength(1);
    expect(screen.getByRole('progressbar').hasAttribute('aria-valuenow')).toBe(false);
  });

  it('opens and stops', () => {
    const { props } = table();
    fireEvent.click(button('train, Running'));
    fireEvent.click(button('Stop train'));
    expect(props.onOpen).toHaveBeenCalledWith('j1');
    expect(props.onStop).toHaveBeenCalledWith('j1');
  });

  it('does not offer what cannot be done', () => {
    const over = aJob({ id: 'over', name: 'over', state: 'failed', reason: 'out of memory' });
    const stopping = aJob({ id: 's', name: 'slow', state: 'stopping' });
    table([over, stopping, aJob()], { isPending: id => id === 'j1' });
    expect(screen.queryByRole('button', { name: 'Stop over' })).toBeNull();
    expect(button('Stop slow').disabled).toBe(true);
    expect(button('Stop train').disabled).toBe(true);
    expect(screen.getByText('env server · out of memory')).toBeTruthy();
  });

  it('holds a thousand jobs with a few rows in the page', () => {
    const many = Array.from({ length: 1000 }, (_, index) => aJob({ id: `j${index}` }));
    table(many);
    const rows = screen.getAllByRole('listitem');
    expect(rows.length).toBeLessThan(40);
    expect(rows[0].getAttribute('aria-setsize')).toBe('1000');
  });

  it('is walked with the arrow keys', async () => {
    table([aJob({ id: 'a', name: 'a' }), aJob({ id: 'b', name: 'b' })]);
    button('a, Running').focus();
    fireEvent.keyDown(button('a, Running'), { key: 'ArrowDown' });
    await frame();
    expect(document.activeElement).toBe(button('b, Running'));
    fireEvent.keyDown(button('b, Running'), { key: 'ArrowDown' });
    await frame();
    expect(document.activeElement).toBe(button('b, Running'));
  });

  // proves: names.html
  it('shows a name as text, whatever is in it', () => {
    const { container } = table([aJob({ name: '<img src=x onerror=alert(1)>' })]);
    expect(container.querySelector('img')).toBeNull();
    expect(screen.getByText('<img src=x onerror=alert(1)>')).toBeTruthy();
  });
});

describe('ConnectionBanner', () => {
  it('is there only while the connection is lost, and resumes with one click', () => {
    const connection = new FakeConnection();
    const { container } = render(<ConnectionBanner connection={connection} />);
    expect(container.textContent).toBe('');
    act(() => connection.become('lost'));
    expect(screen.getByRole('alert')).toBeTruthy();
    fireEvent.click(button('Resume'));
    expect(connection.tries).toBe(1);
    act(() => connection.become('open'));
    expect(container.textContent).toBe('');
  });

  it('asks for a new login when the session ended', () => {
    const connection = new FakeConnection();
    render(<ConnectionBanner connection={connection} />);
    act(() => connection.become('refused'));
    expect(button('Log in again')).toBeTruthy();
  });
});

describe('RunningJobs', () => {
  it('counts, and says when nobody knows', async () => {
    const jobs = new FakeJobs();
    jobs.list = [aJob(), aJob({ id: 'j2' })];
    const connection = new FakeConnection();
    const onOpen = vi.fn();
    render(<RunningJobs jobs={jobs} connection={connection} onOpen={onOpen} />);
    fireEvent.click(button('2 jobs'));
    expect(onOpen).toHaveBeenCalled();
    jobs.list = [aJob()];
    jobs.changed.emit();
    await frame();
    expect(button('1 job')).toBeTruthy();
    act(() => connection.become('lost'));
    expect(button('Offline')).toBeTruthy();
  });
});

describe('InputLine', () => {
  it('sends a line with its end, and empties itself', async () => {
    const onSend = vi.fn(() => Promise.resolve());
    render(<InputLine onSend={onSend} onEnd={() => Promise.resolve()} />);
    const input = screen.getByRole<HTMLInputElement>('textbox');
    fireEvent.change(input, { target: { value: 'yes' } });
    await act(async () => {
      fireEvent.submit(input);
      await Promise.resolve();
    });
    expect(onSend).toHaveBeenCalledWith('yes\n');
    expect(input.value).toBe('');
  });

  it('keeps what was refused, and says why', async () => {
    const onSend = () => Promise.reject(new Error('The job is over.'));
    render(<InputLine onSend={onSend} onEnd={() => Promise.resolve()} />);
    const input = screen.getByRole<HTMLInputElement>('textbox');
    fireEvent.change(input, { target: { value: 'yes' } });
    await act(async () => {
      fireEvent.submit(input);
      await Promise.resolve();
    });
    expect(screen.getByRole('alert').textContent).toBe('The job is over.');
    expect(input.value).toBe('yes');
  });
});

describe('EnvironmentPicker', () => {
  it('shows what cannot be used with the reason, and what is gone by its id', () => {
    const broken = anEnvironment({
      id: 'b',
      name: 'broken',
      usable: false,
      reason: 'its python is gone'
    });
    render(
      <EnvironmentPicker
        environments={[anEnvironment(), broken]}
        value="gone"
        onChange={() => undefined}
      />
    );
    const options = screen.getAllByRole<HTMLOptionElement>('option');
    expect(options.map(option => [option.text, option.disabled])).toEqual([
      ['gone', false],
      ['server (server, Python 3.11.7)', false],
      ['broken (server, Python 3.11.7): its python is gone', true]
    ]);
  });

  it('tells what was chosen', () => {
    const onChange = vi.fn();
    const environments = [anEnvironment(), anEnvironment({ id: 'e2', name: 'torch' })];
    render(<EnvironmentPicker environments={environments} value="server" onChange={onChange} />);
    fireEvent.change(screen.getByRole('combobox'), { target: { value: 'e2' } });
    expect(onChange).toHaveBeenCalledWith('e2');
  });
});

describe('EnvironmentList', () => {
  const quiet = { isPending: () => false, onMakeKernel: vi.fn(), onCreate: vi.fn() };

  // proves: kernels.one-click
  it('offers a kernel only where one can be made', () => {
    const kernel = { name: 'k', ready: false, reason: 'no ipykernel', old: false };
    const environments = [
      anEnvironment(),
      anEnvironment({ id: 'new', name: 'new', kernel }),
      anEnvironment({ id: 'old', name: 'old', version: '2.7.18', kernel })
    ];
    const onMakeKernel = vi.fn();
    render(<EnvironmentList environments={environments} {...quiet} onMakeKernel={onMakeKernel} />);
    fireEvent.click(button('Make new a kernel for notebooks'));
    expect(onMakeKernel).toHaveBeenCalledWith('new');
    expect(screen.getAllByText(/Make kernel/)).toHaveLength(1);
  });

  it('groups by kind, what can be used first, and finds by any word', () => {
    const environments = [
      anEnvironment(),
      anEnvironment({ id: 'c', name: 'weather', kind: 'conda', prefix: '/opt/envs/weather' }),
      anEnvironment({
        id: 'x',
        name: 'a-broken',
        kind: 'uv',
        usable: false,
        reason: 'It is gone.'
      }),
      anEnvironment({ id: 'b', name: 'vision-10', kind: 'venv' }),
      anEnvironment({ id: 'a', name: 'vision-2', kind: 'uv' })
    ];
    render(<EnvironmentList environments={environments} {...quiet} />);
    const list = (name: string) =>
      within(screen.getByRole('list', { name }))
        .getAllByRole('listitem')
        .map(item => item.querySelector('.crispdm-List-name')?.textContent);
    expect(list('Virtual environments')).toEqual(['vision-2', 'vision-10', 'a-broken']);
    expect(screen.getByText(/It is gone/)).toBeTruthy();
    const filter = screen.getByRole('searchbox', { name: 'Filter environments' });
    fireEvent.change(filter, { target: { value: 'CONDA  envs' } });
    expect(screen.getAllByRole('list')).toHaveLength(1);
    expect(list('conda')).toEqual(['weather']);
    fireEvent.change(filter, { target: { value: 'nothing' } });
    expect(screen.getByText('No environment matches.')).toBeTruthy();
  });

  it('is grey while a kernel is being made', () => {
    const kernel = { name: 'k', ready: false, reason: 'no ipykernel', old: false };
    const environments = [anEnvironment({ kind: 'uv', kernel })];
    render(<EnvironmentList environments={environments} {...quiet} isPending={() => true} />);
    expect(button('Make server a kernel for notebooks').disabled).toBe(true);
  });

  it('opens the menu of a row', () => {
    render(<EnvironmentList environments={[anEnvironment()]} {...quiet} />);
    const opened = vi.fn();
    document.addEventListener('contextmenu', opened, { once: true });
    fireEvent.click(button('More for server'));
    expect(opened).toHaveBeenCalledOnce();
  });
});

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

describe('small views', () => {
  it('guards facts by their error and their waiting', () => {
    const facts = new FakeJobs();
    facts.isReady = false;
    const { rerender } = render(<FactsGuard facts={facts}>there</FactsGuard>);
    expect(screen.getByText('Loading…')).toBeTruthy();
    facts.error = 'Not for you.';
    rerender(<FactsGuard facts={facts}>there</FactsGuard>);
    expect(screen.getByRole('alert').textContent).toBe('Not for you.');
    Object.assign(facts, { error: '', isReady: true });
    rerender(<FactsGuard facts={facts}>there</FactsGuard>);
    expect(screen.getByText('there')).toBeTruthy();
  });

  it('writes parameters as they are', () => {
    const parameters = { lr: 0.1, name: '<b>unet</b>', layers: [1, 2], nested: { a: null } };
    render(<ParameterTable parameters={parameters} />);
    ['0.1', '<b>unet</b>', '[1,2]', '{"a":null}'].forEach(text =>
      expect(screen.getByText(text)).toBeTruthy()
    );
  });

  it('says what to do where nothing is', () => {
    render(<ParameterTable parameters={{}} />);
    render(<ArtifactList artifacts={[]} urlOf={path => path} />);
    const actions = { isPending: () => false, onMakeKernel: vi.fn(), onCreate: vi.fn() };
    render(<EnvironmentList environments={[]} {...actions} />);
    ['crispdm.params', 'crispdm.artifact', 'python -m venv'].forEach(text =>
      expect(screen.getByText(new RegExp(text.replace('.', '\\.')))).toBeTruthy()
    );
  });

  it('links artifacts to their download', () => {
    const artifact = { path: 'plots/loss.png', size: 2048, modified: '2026-11-21T10:00:00Z' };
    render(<ArtifactList artifacts={[artifact]} urlOf={path => `/files/${path}`} />);
    expect(screen.getByRole('link').getAttribute('href')).toBe('/files/plots/loss.png');
    expect(screen.getByText('2.0 KiB')).toBeTruthy();
  });

  // proves: ui.keyboard
  it('goes through tabs with the arrow keys, round the ends', () => {
    const onSelect = vi.fn();
    const tabs = [
      ['a', 'A'],
      ['b', 'B']
    ] as const;
    render(
      <Tabs label="parts" tabs={tabs} selected="a" onSelect={onSelect}>
        body
      </Tabs>
    );
    fireEvent.keyDown(screen.getByRole('tab', { name: 'A' }), { key: 'ArrowLeft' });
    expect(onSelect).toHaveBeenCalledWith('b');
    expect(screen.getByRole('tabpanel').textContent).toBe('body');
  });
});

afterEach(() => vi.restoreAllMocks());
