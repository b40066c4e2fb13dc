import { act, fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../../../src/api';
import { EnvironmentForm } from '../../../../src/components/environments/form';
import { canBeKernel, takesPackages } from '../../../../src/components/environments/groups';
import { emptyEnvironment, readEnvironment } from '../../../../src/components/environments/values';
import { PackageTable } from '../../../../src/components/environments/packages';
import { CompareBody, PackagesBody } from '../../../../src/panels/environments';
import { CreationModel } from '../../../../src/panels/environments/model';
import { FakeEnvironments, anEnvironment } from '../../support';

describe('CreationModel', () => {
  it('sends only what was chosen', async () => {
    const environments = new FakeEnvironments();
    const model = new CreationModel(environments, { name: ' study ', python: '3.12.1' });
    model.change({ packages: 'numpy>=2\n\n  torch ', file: 'left over.txt', clone: 'server' });
    expect(await model.submit()).toMatchObject({ job: 'j1' });
    expect(environments.commands).toEqual([
      ['create', { name: 'study', python: '3.12.1', packages: ['numpy>=2', 'torch'] }]
    ]);
  });

  it('reads each source', () => {
    const values = {
      ...emptyEnvironment(),
      name: 'a',
      file: ' r.txt ',
      clone: 'server',
      python: '3.9'
    };
    expect(readEnvironment({ ...values, source: 'file', kind: 'uv' })).toEqual({
      name: 'a',
      kind: 'uv',
      python: '3.9',
      file: 'r.txt'
    });
    expect(readEnvironment({ ...values, source: 'clone' })).toEqual({ name: 'a', clone: 'server' });
  });

  it('puts a complaint beside the field that it names, or above all', async () => {
    const environments = new FakeEnvironments();
    const model = new CreationModel(environments, { name: 'a' });
    const refuse = async (field: string) => {
      environments.failure = new ApiError(400, { message: 'No.', details: { field } });
      expect(await model.submit()).toBeNull();
      return model.errors;
    };
    expect(await refuse('packages')).toEqual({ packages: 'No.' });
    expect(await refuse('clone')).toEqual({ '': 'No.' });
    model.dispose();
  });

  it('forgets what was wrong with a field when it is changed, and what concerned none', async () => {
    const environments = new FakeEnvironments();
    const model = new CreationModel(environments, { name: 'a' });
    const refuse = async (field: string) => {
      environments.failure = new ApiError(400, { message: 'No.', details: { field } });
      await model.submit();
    };
    await refuse('name');
    model.change({ packages: 'numpy' });
    expect(model.errors).toEqual({ name: 'No.' });
    model.change({ name: 'b' });
    expect(model.errors).toEqual({});
    await refuse('');
    model.change({ packages: 'torch' });
    expect(model.errors).toEqual({});
    model.dispose();
  });
});

describe('EnvironmentForm', () => {
  const show = (change = {}, errors = {}) => {
    const onChange = vi.fn();
    const environments = [
      anEnvironment(),
      anEnvironment({ id: 'a', kind: 'pyenv', version: '3.9.18' }),
      anEnvironment({ id: 'b', kind: 'system', version: '3.12.1' })
    ];
    const values = { ...emptyEnvironment(), ...change };
    render(<EnvironmentForm {...{ values, errors, environments, onChange }} />);
    return onChange;
  };

  it('offers the Pythons of the machine, the newest first', () => {
    const onChange = show();
    const python = screen.getByLabelText<HTMLSelectElement>('Python');
    expect([...python.options].map(option => option.text)).toEqual([
      'as the server',
      '3.12.1',
      '3.9.18'
    ]);
    fireEvent.change(python, { target: { value: '3.9.18' } });
    expect(onChange).toHaveBeenCalledWith({ python: '3.9.18' });
  });

  it('shows the fields of the chosen source, and what is wrong with them', () => {
    show({ source: 'file' }, { file: 'There is no such file.', '': 'Not now.' });
    expect(screen.getByLabelText('File').getAttribute('aria-invalid')).toBe('true');
    expect(screen.getByText('There is no such file.')).toBeTruthy();
    expect(screen.getByRole('alert').textContent).toBe('Not now.');
    expect(screen.queryByLabelText('Packages')).toBeNull();
  });

  it('asks for no Python where one is copied', () => {
    show({ source: 'clone', clone: 'server' });
    expect(screen.queryByLabelText('Python')).toBeNull();
    expect(screen.getByLabelText<HTMLSelectElement>('Environment').value).toBe('server');
  });
});

describe('packages', () => {
  const packages = [
    { name: 'scikit-learn', version: '1.4' },
    { name: 'torch', version: '2.13.0' }
  ];

  it('are found by any spelling', () => {
    render(<PackageTable packages={packages} />);
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'Scikit_L' } });
    expect(screen.getAllByRole('row')).toHaveLength(1);
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'x' } });
    expect(screen.getByText('No package.')).toBeTruthy();
  });

  it('are loaded, or it is said why not', async () => {
    const environments = new FakeEnvironments();
    environments.packages = () => Promise.resolve(packages);
    const { rerender } = render(<PackagesBody environments={environments} id="a" />);
    expect(screen.getByText('Loading…')).toBeTruthy();
    await act(() => Promise.resolve());
    expect(screen.getByRole('row', { name: 'torch 2.13.0' })).toBeTruthy();
    environments.packages = () => Promise.reject(new Error('It is gone.'));
    rerender(<PackagesBody environments={environments} id="b" />);
    await act(() => Promise.resolve());
    expect(screen.getByRole('alert').textContent).toBe('It is gone.');
  });

  it('are compared with those of another environment', async () => {
    const environments = new FakeEnvironments();
    const environment = anEnvironment();
    environments.list = [environment, anEnvironment({ id: 'b', name: 'other' })];
    environments.difference = () =>
      Promise.resolve({
        only_here: [{ name: 'ours', version: '1' }],
        only_there: [{ name: 'theirs', version: '2' }],
        different: [{ name: 'both', here: '3', there: '4' }],
        same: 7
      });
    render(<CompareBody environments={environments} environment={environment} />);
    await act(() => Promise.resolve());
    expect(screen.getAllByRole('row').map(row => row.textContent)).toEqual([
      'Packageserverother',
      'both34',
      'ours1–',
      'theirs–2'
    ]);
    expect(screen.getByText('7 packages are the same in both.')).toBeTruthy();
  });
});

describe('what an environment allows', () => {
  const kernel = { name: 'k', ready: false, reason: 'no ipykernel', old: false };

  it('is a kernel where its Python is new enough and lies here', () => {
    const can = (change: Parameters<typeof anEnvironment>[0]) =>
      canBeKernel(anEnvironment({ kernel, ...change }));
    expect(can({ version: '3.8.1' })).toBe(true);
    expect(can({ version: '3.7.16' })).toBe(false);
    expect(can({ version: '' })).toBe(false);
    expect(can({ kind: 'docker', version: '3.12' })).toBe(false);
    expect(can({ usable: false })).toBe(false);
  });

  it('takes packages where it is nobody else’s', () => {
    const takes = (kind: 'uv' | 'server' | 'pyenv') => takesPackages(anEnvironment({ kind }));
    expect([takes('uv'), takes('server'), takes('pyenv')]).toEqual([true, false, false]);
  });
});
