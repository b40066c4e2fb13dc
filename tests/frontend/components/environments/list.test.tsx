import { fireEvent, render, screen, within } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import { EnvironmentList } from '../../../../src/components/environments/list';
import { anEnvironment } from '../../support';

const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>('button', { name });

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
