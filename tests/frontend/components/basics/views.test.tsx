import { fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ArtifactList } from '../../../../src/components/job/artifacts';
import { EnvironmentList } from '../../../../src/components/environments/list';
import { FactsGuard } from '../../../../src/components/basics/facts';
import { ParameterTable } from '../../../../src/components/job/parameters';
import { Tabs } from '../../../../src/components/basics/tabs';
import { FakeJobs } from '../../support';

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
