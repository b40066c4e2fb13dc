import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import { InputLine } from '../../../../src/components/job/inputline';

describe('InputLine', () => {
  it('sends a line with its end, and empties itself', async () => {
    const onSend = vi.fn(() => Promise.resolve());
    render(<InputLine onSend={onSend} onEnd={() => Promise.resolve()} />);
    const input = screen.getByRole<HTMLInputElement>('textbox');
    fireEvent.change(input, { target: { value: 'yes' } });
    await act(async () => {
      fireEvent.submit(input);
      await Promise.resolve();
    });
    expect(onSend).toHaveBeenCalledWith('yes\n');
    expect(input.value).toBe('');
  });

  it('keeps what was refused, and says why', async () => {
    const onSend = () => Promise.reject(new Error('The job is over.'));
    render(<InputLine onSend={onSend} onEnd={() => Promise.resolve()} />);
    const input = screen.getByRole<HTMLInputElement>('textbox');
    fireEvent.change(input, { target: { value: 'yes' } });
    await act(async () => {
      fireEvent.submit(input);
      await Promise.resolve();
    });
    expect(screen.getByRole('alert').textContent).toBe('The job is over.');
    expect(input.value).toBe('yes');
  });

  it('keeps what was typed when it goes and comes back, until it was sent', async () => {
    const draft = { text: '' };
    const onSend = vi.fn(() => Promise.resolve());
    const line = <InputLine draft={draft} onSend={onSend} onEnd={() => Promise.resolve()} />;
    const field = (): HTMLInputElement => screen.getByLabelText('Input for the job');
    const first = render(line);
    fireEvent.change(field(), { target: { value: '3' } });
    first.unmount();
    render(line);
    expect(field().value).toBe('3');
    fireEvent.submit(field());
    await waitFor(() => expect(field().value).toBe(''));
    expect([onSend.mock.calls, draft.text]).toEqual([[['3\n']], '']);
  });
});
