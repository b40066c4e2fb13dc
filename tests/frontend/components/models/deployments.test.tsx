import { fireEvent, render, screen, within } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import { DeploymentsTable } from '../../../../src/components/models/deployments';
import { aDeployment } from '../../support';

const BUSY = aDeployment({
  id: 'd1',
  model: 'lamp',
  version: 1,
  alias: 'champion',
  coming: 2,
  rate: 12.5,
  p50: 1.25,
  p99: 9.5,
  queue: 3,
  cpu_percent: 87.5,
  memory_bytes: 200 * 2 ** 20
});
const FAILED = aDeployment({ id: 'd2', model: 'bulb', state: 'failed', reason: 'It is gone.' });
const row = (name: RegExp) => screen.getByRole('row', { name });
const cells = (name: RegExp) =>
  within(row(name))
    .getAllByRole('cell')
    .map(cell => cell.textContent);

describe('the table of deployed models', () => {
  // proves: deployments.rows
  it('says of each what it does and what it takes', () => {
    render(<DeploymentsTable deployments={[BUSY, FAILED]} />);
    expect(cells(/lamp@champion, version 1 → 2/)).toEqual([
      'deployed', '12.5', '1.25 ms', '9.5 ms', '3', '87.5%', '200 MiB', ''
    ]); // prettier-ignore
    expect(cells(/bulb, version 1/)).toEqual([
      'deployment failed: It is gone.', '0', '', '', '0', '', '', ''
    ]); // prettier-ignore
    expect(screen.getByText('2 deployed models')).toBeTruthy();
  });

  // proves: deployments.rows
  it('leads to the log and the page of the model, and stops the one that was meant', () => {
    const [onOpen, onStop] = [vi.fn(), vi.fn()];
    render(
      <DeploymentsTable
        deployments={[BUSY, FAILED]}
        logUrl={id => `/log/${id}`}
        onOpen={onOpen}
        onStop={onStop}
      />
    );
    const log = screen.getByRole('link', { name: 'Log of bulb, version 1' });
    expect([log.getAttribute('href'), log.getAttribute('rel')]).toEqual(['/log/d2', 'noreferrer']);
    fireEvent.click(screen.getByRole('button', { name: 'bulb, version 1' }));
    fireEvent.click(screen.getByRole('button', { name: /^Stop lamp@champion/ }));
    expect([onOpen.mock.calls, onStop.mock.calls]).toEqual([[['bulb']], [['d1']]]);
  });

  it('only shows where nothing may be done', () => {
    render(<DeploymentsTable deployments={[FAILED]} />);
    expect(screen.queryByRole('button')).toBeNull();
    expect(screen.queryByRole('link')).toBeNull();
  });
});
