import { Signal } from '@lumino/signaling';
import { act, fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { SaveStatus } from '../../../../src/components/snapshots/status';
import type { IPageSaver, SaveState } from '../../../../src/tokens/snapshots';

class Saver {
  state: SaveState = { kind: 'saved' };
  readonly others = new Map<string, unknown>();
  readonly changed = new Signal<this, void>(this);
  readonly dismissOthers = vi.fn(() => this.others.clear());
}

let saver: Saver;
const takeOver = vi.fn();
const show = (misfits: readonly { name: string; reason: string }[] = []): void => {
  render(
    <SaveStatus saver={saver as unknown as IPageSaver} misfits={misfits} onTakeOver={takeOver} />
  );
};

beforeEach(() => {
  saver = new Saver();
  takeOver.mockReset();
});

// proves: desk.autosave
describe('how saving stands', () => {
  it('is said, and said anew when it changes', () => {
    show();
    expect(screen.getByRole('status').textContent).toBe('Saved');
    const say = (state: SaveState): void =>
      act(() => {
        saver.state = state;
        saver.changed.emit();
      });
    say({ kind: 'saving' });
    expect(screen.getByRole('status').textContent).toBe('Saving…');
    say({ kind: 'failed', reason: 'The disk is full.' });
    expect(screen.getByRole('status').textContent).toBe('Not saved: The disk is full.');
    expect(screen.getByRole('status').title).toBe('Not saved: The disk is full.');
  });
});

// proves: desk.misfits
describe('what did not come back', () => {
  it('is named with its reason, without its page', () => {
    show([
      { name: 'train/Epochs', reason: 'this value is no longer possible' },
      { name: 'train/a/b', reason: '<b>gone</b>' }
    ]);
    expect(screen.getByText('2 values did not come back')).toBeTruthy();
    expect(screen.getAllByRole('listitem', { hidden: true }).map(item => item.textContent)).toEqual(
      ['Epochs: this value is no longer possible', 'a/b: <b>gone</b>']
    );
  });

  it('is not spoken of when all came back', () => {
    show();
    expect(screen.queryByText(/did not come back/)).toBeNull();
  });
});

// proves: desk.tabs
describe('another tab', () => {
  it('is told of, and its values are used or not', () => {
    saver.others.set('train/Epochs', 5);
    show();
    const alert = screen.getByRole('alert');
    expect(alert.textContent).toContain('Another tab of yours changed 1 value.');
    expect(alert.title).toBe('Epochs');
    fireEvent.click(screen.getByRole('button', { name: 'Use those' }));
    expect(takeOver).toHaveBeenCalledTimes(1);
    fireEvent.click(screen.getByRole('button', { name: 'Keep these' }));
    expect(saver.dismissOthers).toHaveBeenCalledTimes(1);
  });
});
