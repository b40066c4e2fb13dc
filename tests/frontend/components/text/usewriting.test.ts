import { act, renderHook } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import type { IWritten } from '../../../../src/components/text/usewriting';
import { useWriting } from '../../../../src/components/text/usewriting';
import { FakePen } from './pen';
import { pending } from '../../clock/pending';

const NOTHING: IWritten = { prompt: '', text: '', ending: '', error: '' };
const ASKED = { model: 'pen', prompt: 'Once', maxTokens: 9, temperature: 1 };

function writer(kept = NOTHING) {
  const pen = new FakePen();
  const onEnded = vi.fn();
  const { result, unmount } = renderHook(() => useWriting(pen.write, kept, onEnded));
  const now = () => result.current;
  return { pen, onEnded, now, unmount };
}

const begin = (now: () => ReturnType<typeof useWriting>) => act(() => now().begin(ASKED));
const soon = () => act(() => pending.rest());

describe('useWriting', () => {
  // proves: widgets.stream-text
  it('shows the text as it grows, then how it ended', async () => {
    const { pen, onEnded, now } = writer();
    begin(now);
    expect(now()).toMatchObject({ isBusy: true, written: { prompt: 'Once', text: '' } });
    pen.say(' upon');
    await soon();
    expect(now()).toMatchObject({ isBusy: true, written: { text: ' upon' } });
    pen.say(' a time');
    pen.say('', 'length');
    await soon();
    const end = { prompt: 'Once', text: ' upon a time', ending: 'length', error: '' };
    expect(now()).toMatchObject({ isBusy: false, written: end });
    expect(onEnded.mock.calls).toEqual([[end]]);
    expect(pen.asked).toEqual([ASKED]);
  });

  it('shows what was kept until something is asked for', async () => {
    const kept: IWritten = { ...NOTHING, text: 'before', ending: 'stop' };
    const { now } = writer(kept);
    expect(now()).toMatchObject({ isBusy: false, written: kept });
    begin(now);
    expect(now().written.text).toBe('');
    await soon();
  });

  // proves: text.left
  it('stops the model when it is told to, and keeps what came', async () => {
    const { pen, onEnded, now } = writer();
    begin(now);
    pen.say('half');
    await soon();
    act(() => now().stop());
    await soon();
    expect(now()).toMatchObject({ isBusy: false, written: { text: 'half', ending: 'stopped' } });
    expect(pen.left).toBe(1);
    expect(onEnded).toHaveBeenCalledTimes(1);
  });

  it('says what went wrong, and keeps what came before', async () => {
    const { pen, now } = writer();
    begin(now);
    pen.say('half');
    pen.give(new Error('It died.'));
    await soon();
    expect(now().written).toMatchObject({ text: 'half', ending: 'error', error: 'It died.' });
  });

  it('leaves the text before when another one is begun', async () => {
    const { pen, onEnded, now } = writer();
    begin(now);
    await soon();
    begin(now);
    await soon();
    expect(pen.left).toBe(1);
    expect(onEnded).not.toHaveBeenCalled();
    pen.say('new', 'stop');
    await soon();
    expect(now().written).toMatchObject({ text: 'new', ending: 'stop' });
  });

  // proves: text.left
  it('stops the model when the view goes', async () => {
    const { pen, now, unmount } = writer();
    begin(now);
    await soon();
    unmount();
    await soon();
    expect(pen.left).toBe(1);
  });

  it('draws not as often as pieces come', async () => {
    const pen = new FakePen();
    let drawn = 0;
    const { result } = renderHook(() => {
      drawn++;
      return useWriting(pen.write, NOTHING, () => undefined);
    });
    act(() => result.current.begin(ASKED));
    for (let at = 0; at < 500; at++) {
      pen.say('x');
    }
    await soon();
    expect(result.current.written.text).toHaveLength(500);
    expect(drawn).toBeLessThan(10);
  });
});
