import type { ICommandPalette } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { addIcon } from '@jupyterlab/ui-components';
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import React from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CrispdmPanel } from '../../../../src/panels/sidepanel';
import { panelPlugin } from '../../../../src/plugins/basics/sidepanel';
import type { ISection } from '../../../../src/tokens/sidepanel';
import { PanelCommands } from '../../../../src/tokens/sidepanel';
import { FakeLab, FakeRestorer, fakeEntries } from '../../lab';
import type { FakeConnection } from '../../support';
import { FakeJobs, fakeWorkbench } from '../../support';

let lab: FakeLab;
let connection: FakeConnection;
let restorer: FakeRestorer;
let palette: ReturnType<typeof fakeEntries<ICommandPalette>>;
let panel: CrispdmPanel;

let restored: () => void;

beforeEach(() => {
  lab = new FakeLab();
  lab.restored = new Promise(resolve => (restored = resolve));
  restorer = new FakeRestorer();
  palette = fakeEntries<ICommandPalette>();
  const { workbench } = fakeWorkbench(new FakeJobs());
  connection = workbench.connection as FakeConnection;
  const rest = [restorer.asRestorer, palette.as] as const;
  panel = panelPlugin.activate(lab.app, workbench, nullTranslator, ...rest) as CrispdmPanel;
});
afterEach(() => act(() => lab.dispose()));

const section = (name: string, rank: number, change: Partial<ISection> = {}): ISection => ({
  name,
  label: name,
  rank,
  render: () => React.createElement('p', {}, `the ${name}`),
  ...change
});
const titles = () =>
  [...panel.node.querySelectorAll('.lm-AccordionPanel-titleLabel')].map(node => node.textContent);

describe('the side panel', () => {
  it('stands at the left, is shown by its command, and comes back where it was', async () => {
    expect(lab.places).toMatchObject([{ widget: panel, area: 'left' }]);
    expect(restorer.added).toEqual([[panel, 'jupyter-crispdm:panel']]);
    await lab.run(PanelCommands.show);
    expect(lab.current).toBe(panel);
    expect(palette.entries).toEqual([{ command: PanelCommands.show, category: 'CRISP-DM' }]);
  });

  it('has a name for those who cannot see its picture', () => {
    expect(screen.getByRole('region', { name: 'CRISP-DM' })).toBe(panel.node);
  });

  it('shows the sections by their rank, whichever came first, until they are taken away', async () => {
    act(() => {
      panel.addSection(section('models', 30));
      panel.addSection(section('jobs', 10));
    });
    const schedules = panel.addSection(section('schedules', 20));
    expect(titles()).toEqual(['jobs', 'schedules', 'models']);
    await waitFor(() => expect(screen.getByText('the jobs')).toBeTruthy());
    act(() => schedules.dispose());
    expect(titles()).toEqual(['jobs', 'models']);
  });

  it('puts the commands of a section beside its title', async () => {
    const run: unknown[] = [];
    lab.commands.addCommand('test:add', {
      label: 'Add one',
      execute: args => void run.push(args),
      describedBy: { args: {} }
    });
    const buttons = [{ command: 'test:add', icon: addIcon }];
    act(() => void panel.addSection(section('jobs', 10, { buttons })));
    const added = await waitFor(() => {
      const found = panel.node.querySelector('[data-command="test:add"]');
      expect(found).toBeTruthy();
      return found as HTMLElement;
    });
    fireEvent.click(added);
    expect(run).toHaveLength(1);
    expect(added.textContent).toBe('');
  });

  it('makes its sections as high as their content once Lab has put all in its place', async () => {
    const settle = vi.spyOn(panel, 'settleSizes');
    await Promise.resolve();
    expect(settle).not.toHaveBeenCalled();
    restored();
    await lab.restored;
    expect(settle).toHaveBeenCalledOnce();
  });

  it('says over all sections when the server is away, and asks again at a click', async () => {
    await lab.run(PanelCommands.show);
    act(() => connection.become('lost'));
    const resume = await waitFor(() => screen.getByRole('button', { name: 'Resume' }));
    expect(screen.getByRole('alert').textContent).toMatch(/^No connection to the server/);
    fireEvent.click(resume);
    expect(connection.tries).toBe(1);
    act(() => connection.become('open'));
    expect(screen.queryByRole('alert')).toBeNull();
  });
});
