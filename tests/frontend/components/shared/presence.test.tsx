import { fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import { initialsOf } from '../../../../src/components/shared/presence/avatar';
import { PresenceBar } from '../../../../src/components/shared/presence/bar';
import { FollowFrame } from '../../../../src/components/shared/presence/frame';
import { aVisitor } from '../../shared';

function bar(others = [aVisitor()], following = '', isReady = true) {
  const onFollow = vi.fn();
  render(
    <PresenceBar others={others} isReady={isReady} following={following} onFollow={onFollow} />
  );
  return onFollow;
}

describe('who is here', () => {
  // proves: shared.presence
  it('is told by name and place, and followed with a click', () => {
    const onFollow = bar([aVisitor({ title: 'Modeling · Handwritten digits' })]);
    const person = screen.getByRole('button');
    expect(person.textContent).toBe('AannModeling · Handwritten digits');
    expect(person.getAttribute('aria-pressed')).toBe('false');
    fireEvent.click(person);
    expect(onFollow).toHaveBeenCalledWith('s1');
  });

  it('is followed no more with another click', () => {
    const onFollow = bar([aVisitor()], 's1');
    expect(screen.getByRole('button').getAttribute('aria-pressed')).toBe('true');
    fireEvent.click(screen.getByRole('button'));
    expect(onFollow).toHaveBeenCalledWith('');
  });

  it('is named by the file where the page has no title', () => {
    bar([aVisitor({ title: '' })]);
    expect(screen.getByText('digits.ipynb')).toBeTruthy();
  });

  it('cannot be followed to a page that one may not open', () => {
    bar([aVisitor({ page: '', title: '' })]);
    expect(screen.getByRole<HTMLButtonElement>('button').disabled).toBe(true);
    expect(screen.getByText('elsewhere')).toBeTruthy();
  });

  it('shows names as text, whatever they hold', () => {
    bar([aVisitor({ user: '<b>x</b>', title: '<i>y</i>' })]);
    expect(screen.getByText('<b>x</b>')).toBeTruthy();
    expect(document.querySelector('b, i')).toBeNull();
  });

  it('shows eight, and the others when asked', () => {
    const many = Array.from({ length: 30 }, (_, at) =>
      aVisitor({ session: `s${at}`, user: `u${at}` })
    );
    bar(many);
    expect(screen.getAllByRole('button')).toHaveLength(9);
    fireEvent.click(screen.getByText('22 more'));
    expect(screen.getAllByRole('button')).toHaveLength(30);
  });

  it('says that nobody is here, once it is known', () => {
    bar([], '', false);
    expect(screen.getByText('Looking who is here…')).toBeTruthy();
    bar([]);
    expect(screen.getByText('Nobody else is here now.')).toBeTruthy();
  });
});

describe('the frame around a page that follows', () => {
  it('says whom, and ends with Escape or its button', () => {
    const onEnd = vi.fn();
    const { unmount } = render(<FollowFrame visitor={aVisitor()} onEnd={onEnd} />);
    expect(screen.getByRole('status').textContent).toContain('You follow ann.');
    fireEvent.keyDown(window, { key: 'x' });
    fireEvent.keyDown(window, { key: 'Escape' });
    fireEvent.click(screen.getByText('Stop (Esc)'));
    expect(onEnd).toHaveBeenCalledTimes(2);
    unmount();
    fireEvent.keyDown(window, { key: 'Escape' });
    expect(onEnd).toHaveBeenCalledTimes(2);
  });
});

describe('initials', () => {
  it.each([
    ['ann', 'A'],
    ['Ann Bo Cy', 'AC'],
    ['grace.hopper@example.org', 'GO'],
    ['李 小龙', '李小'],
    ['👩‍🔬 lab', '👩L'],
    ['', '?'],
    ['  ', '?']
  ])('of "%s" are %s', (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });
});
