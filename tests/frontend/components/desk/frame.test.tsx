import { fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import { DeskFrame } from '../../../../src/components/desk/frame';
import { NotebookFrame } from '../../../../src/components/desk/notebookframe';
import { PageState } from '../../../../src/components/desk/page';
import { aFrame, anEntry } from '../../desk';

const drawer = () => document.querySelector<HTMLElement>('.crispdm-Desk-side')!;
const toggle = () => screen.getByRole('button', { name: 'Menu' });

describe('DeskFrame', () => {
  it('says whose page it is, and leads home and out', () => {
    render(<DeskFrame {...aFrame()} />);
    expect(screen.getByText('Handwriting').getAttribute('title')).toBe('Handwriting');
    expect(screen.getByTitle('Logged in as Ann').textContent).toBe('AnnAnalyst');
    expect(screen.getByRole('link', { name: 'Log out' }).getAttribute('href')).toBe('/logout');
    expect(screen.getByRole('link', { name: 'All dashboards' }).getAttribute('href')).toBe('/home');
    expect(screen.queryByLabelText('Theme')).toBeNull();
  });

  it('shows neither way out nor a name where there is none', () => {
    const visitor = { name: '', role: 'viewer' };
    render(<DeskFrame {...aFrame({ visitor, logOutUrl: '', homeUrl: '' })} />);
    expect(document.querySelector('.crispdm-Desk-visitor')).toBeNull();
    expect(screen.queryByRole('link', { name: 'All dashboards' })).toBeNull();
  });

  it('shows a role that it does not know as it is called', () => {
    render(<DeskFrame {...aFrame({ visitor: { name: '张伟', role: 'constructor' } })} />);
    expect(document.querySelector('.crispdm-Desk-initial')!.textContent).toBe('张');
    expect(screen.getByText('constructor')).toBeTruthy();
  });

  it('hands a chosen theme on', () => {
    const choose = vi.fn();
    render(<DeskFrame {...aFrame({ theme: { value: 'auto', choose } })} />);
    const choice = screen.getByLabelText<HTMLSelectElement>('Theme');
    fireEvent.change(choice, { target: { value: 'dark' } });
    expect(choose.mock.calls).toEqual([['dark']]);
    expect(choice.value).toBe('dark');
  });

  // proves: dashboard.keyboard
  it('opens its menu above the page, begins at the page that is shown, and closes at Escape', () => {
    render(<DeskFrame {...aFrame({ current: 'train' })} />);
    expect(toggle().getAttribute('aria-expanded')).toBe('false');
    expect(toggle().getAttribute('aria-controls')).toBe(drawer().id);
    fireEvent.keyDown(drawer(), { key: 'Escape' });
    expect(document.activeElement).toBe(document.body);

    fireEvent.click(toggle());
    expect(drawer().dataset.open).toBe('true');
    expect(document.activeElement?.textContent).toBe('Train');
    fireEvent.keyDown(document.activeElement!, { key: 'Escape' });
    expect(drawer().dataset.open).toBeUndefined();
    expect(document.activeElement).toBe(toggle());
  });

  it('closes its menu when a page is chosen, or beside it is clicked', () => {
    const onGo = vi.fn();
    render(<DeskFrame {...aFrame({ onGo })} />);
    fireEvent.click(toggle());
    fireEvent.click(screen.getByRole('link', { name: 'Train' }));
    expect(onGo.mock.calls).toEqual([['train']]);
    expect(drawer().dataset.open).toBeUndefined();
    fireEvent.click(toggle());
    fireEvent.click(document.querySelector('.crispdm-Desk-scrim')!);
    expect(drawer().dataset.open).toBeUndefined();
    expect(document.querySelector('.crispdm-Desk-scrim')).toBeNull();
  });

  // proves: dashboard.keyboard
  it('can be skipped', () => {
    const onSkip = vi.fn();
    render(<DeskFrame {...aFrame({ onSkip })} />);
    const first = document.querySelector<HTMLElement>('button, a, select')!;
    expect(first.textContent).toBe('Skip to the page');
    fireEvent.click(first);
    expect(onSkip).toHaveBeenCalledTimes(1);
  });

  it('says so where no page is for the visitor', () => {
    render(<DeskFrame {...aFrame({ entries: [], extras: [] })} />);
    expect(screen.getByText('There is nothing for you here yet.')).toBeTruthy();
  });
});

describe('PageState', () => {
  // proves: dashboard.trouble
  it('waits, says what is wrong as text, and is nothing once the page is there', () => {
    const onRetry = vi.fn();
    const state = (change: object) => (
      <PageState entry={anEntry('data', change)} onRetry={onRetry} />
    );
    const { container, rerender } = render(state({ built: false }));
    expect(screen.getByRole('status', { name: 'The page is made…' })).toBeTruthy();
    rerender(state({ built: false, trouble: 'ValueError: <img src=x>' }));
    expect(screen.getByRole('alert').textContent).toContain('ValueError: <img src=x>');
    expect(container.querySelector('img')).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(onRetry).toHaveBeenCalledTimes(1);
    rerender(state({}));
    expect(container.innerHTML).toBe('');
  });
});

describe('NotebookFrame', () => {
  it('frames Lab, and opens it in a tab of its own', () => {
    const { rerender } = render(<NotebookFrame url="/lab/x" tabUrl="/lab" name="" />);
    const frame = () => document.querySelector('iframe')!;
    expect([frame().title, frame().getAttribute('src')]).toEqual(['JupyterLab', '/lab/x']);
    const link = screen.getByRole('link', { name: 'Open in a new tab' });
    expect([link.getAttribute('href'), link.getAttribute('rel')]).toEqual(['/lab', 'noopener']);
    rerender(<NotebookFrame url="/lab/y" tabUrl="/lab" name="a.ipynb" />);
    expect([frame().title, frame().getAttribute('src')]).toEqual(['a.ipynb', '/lab/y']);
  });
});
