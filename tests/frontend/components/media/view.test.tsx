import { act, render, screen } from '@testing-library/react';
import React from 'react';
import { describe, expect, it } from 'vitest';
import { isWanted, MediaView } from '../../../../src/components/media/view';
import { FakeMedia } from '../../diagnosis';
import { aPiece, keptAs } from './pieces';

describe('MediaView', () => {
  it('waits until it is known what there is', async () => {
    const model = Object.assign(new FakeMedia(), { isReady: false });
    const { container } = render(<MediaView model={model} />);
    expect(container.textContent).toBe('Loading…');
    model.isReady = true;
    act(() => model.say());
    expect(await screen.findByText('No pictures and tables yet.')).toBeTruthy();
  });

  // proves: training.media-live
  it('shows the newest step as it comes, and stays where somebody has chosen one', async () => {
    const model = new FakeMedia([keptAs('image', 'a', [aPiece(1), aPiece(2)])]);
    render(<MediaView model={model} />);
    const shown = () => screen.getByAltText('a').getAttribute('src');
    expect(shown()).toBe('/media/a/2/0');
    act(() => model.say(keptAs('image', 'a', [aPiece(1), aPiece(2), aPiece(3)])));
    expect(await screen.findByText('Step 3')).toBeTruthy();
    expect(shown()).toBe('/media/a/3/0');
  });

  it('asks for what is no picture, and says why it cannot be had', async () => {
    const model = new FakeMedia([
      keptAs('text', 'a', [aPiece(1)]),
      keptAs('text', 'b', [aPiece(1)])
    ]);
    model.contents.set('a@1', 'once upon a time');
    render(<MediaView model={model} />);
    expect(await screen.findByText('once upon a time')).toBeTruthy();
    expect(await screen.findByText('It is gone.')).toBeTruthy();
  });

  it('follows only while it is shown', () => {
    const model = new FakeMedia();
    const { unmount } = render(<MediaView model={model} />);
    expect(model.views.shown).toEqual([null]);
    unmount();
    expect(model.views.shown).toEqual([]);
  });

  it.each([
    ['val/a', ['val/*'], true],
    ['value', ['val/*'], false],
    ['a', ['b', 'a'], true],
    ['a', ['A'], false],
    ['a*', ['a*'], true],
    ['anything', ['*'], true]
  ])('of the names, %s is among %j: %s', (name, wanted, is) => {
    expect(isWanted(name, wanted)).toBe(is);
  });
});
