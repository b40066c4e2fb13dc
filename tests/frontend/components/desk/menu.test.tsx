import { fireEvent, render, screen, within } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import { groupsOf } from '../../../../src/components/desk/entry';
import { DeskMenu } from '../../../../src/components/desk/menu';
import { aFrame, anEntry } from '../../desk';

const show = (change: Parameters<typeof aFrame>[0] = {}) => {
  const onGo = vi.fn();
  render(<DeskMenu {...aFrame({ onGo, ...change })} />);
  return onGo;
};
const link = (name: string) => screen.getByRole('link', { name: new RegExp(`^${name}`) });

describe('DeskMenu', () => {
  // proves: dashboard.menu
  it('lists the pages in order, says which one is shown, and marks their work', () => {
    show({
      entries: [
        anEntry('data', { state: 'done' }),
        anEntry('train', { state: 'running', group: 'Models' }),
        anEntry('evaluate', { trouble: 'It is broken.', group: 'Models' })
      ],
      extras: [],
      current: 'train'
    });
    expect(screen.getAllByRole('link').map(one => one.textContent)).toEqual([
      'Data',
      'Train',
      'Evaluate',
      'Licence'
    ]);
    expect(screen.getAllByRole('link', { current: 'page' })).toEqual([link('Train')]);
    expect(within(link('Data')).getByRole('img').getAttribute('aria-label')).toBe('Succeeded');
    expect(within(link('Train')).getByRole('img').getAttribute('aria-label')).toBe('Running');
    expect(within(link('Evaluate')).getByRole('img').getAttribute('aria-label')).toBe('Failed');
    expect(within(screen.getByRole('list', { name: 'Models' })).getAllByRole('link')).toHaveLength(
      2
    );
  });

  // proves: dashboard.extras
  it('puts what is offered beside the pages below them, and the licence into a tab of its own', () => {
    show();
    const tools = within(screen.getByRole('list', { name: 'Tools' }));
    expect(tools.getAllByRole('link').map(one => one.textContent)).toEqual(['Jobs', 'Licence']);
    const licence = tools.getByRole('link', { name: /^Licence/ });
    expect([licence.getAttribute('target'), licence.getAttribute('rel')]).toEqual([
      '_blank',
      'noopener'
    ]);
  });

  it('has no list of tools where there are none', () => {
    show({ extras: [], licenceUrl: '' });
    expect(screen.queryByRole('list', { name: 'Tools' })).toBeNull();
  });

  // proves: dashboard.address
  it('goes to a page without leaving the browser’s page, and leaves other tabs to the browser', () => {
    const onGo = show();
    expect(link('Train').getAttribute('href')).toBe('/desk?page=train');
    expect(fireEvent.click(link('Train'))).toBe(false);
    expect(onGo.mock.calls).toEqual([['train']]);
    const left: boolean[] = [];
    const look = (event: Event): void => {
      left.push(!event.defaultPrevented);
      event.preventDefault(); // jsdom opens no tabs
    };
    document.addEventListener('click', look);
    [{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }, { button: 1 }].forEach(held =>
      fireEvent.click(link('Train'), held)
    );
    document.removeEventListener('click', look);
    expect(left).toEqual([true, true, true, true]);
    expect(onGo).toHaveBeenCalledTimes(1);
  });

  it('has buttons where pages have no address', () => {
    const onGo = show({ hrefOf: () => '' });
    fireEvent.click(screen.getByRole('button', { name: 'Train' }));
    expect(onGo.mock.calls).toEqual([['train']]);
    expect(screen.getByRole('button', { name: 'Data' }).getAttribute('aria-current')).toBe('page');
  });

  // proves: dashboard.keyboard
  it('is walked by arrow keys, and entered and left by one Tab', () => {
    show();
    const reachable = screen.getAllByRole('link').filter(one => one.tabIndex === 0);
    expect(reachable).toEqual([link('Data')]);
    link('Data').focus();
    const steps = [
      ['ArrowDown', 'Train'],
      ['ArrowDown', 'Jobs'],
      ['End', 'Licence'],
      ['ArrowDown', 'Licence'],
      ['ArrowUp', 'Jobs'],
      ['Home', 'Data'],
      ['x', 'Data']
    ];
    for (const [key, name] of steps) {
      fireEvent.keyDown(document.activeElement!, { key });
      expect(document.activeElement).toBe(link(name));
    }
  });

  it('shows names as text, and a picture whatever its name is', () => {
    show({
      entries: [
        anEntry('a', { name: '<b>bold</b>', icon: 'constructor' }),
        anEntry('b', { icon: 'nothing:there' })
      ],
      current: ''
    });
    expect(screen.getByText('<b>bold</b>')).toBeTruthy();
    expect(document.querySelectorAll('svg.crispdm-DeskIcon')).toHaveLength(4);
  });
});

describe('groupsOf', () => {
  it('keeps the order: pages of one heading that are apart stand under it twice', () => {
    const entries = ['', 'A', 'A', '', 'A'].map((group, at) => anEntry(`p${at}`, { group }));
    const groups = groupsOf(entries).map(({ name, entries: inside }) => [name, inside.length]);
    expect(groups).toEqual([
      ['', 1],
      ['A', 2],
      ['', 1],
      ['A', 1]
    ]);
  });
});
