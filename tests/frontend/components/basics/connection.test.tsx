import { act, fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { describe, expect, it } from 'vitest';
import { ConnectionBanner } from '../../../../src/components/basics/connection';
import { FakeConnection } from '../../support';

const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>('button', { name });

describe('ConnectionBanner', () => {
  it('is there only while the connection is lost, and resumes with one click', () => {
    const connection = new FakeConnection();
    const { container } = render(<ConnectionBanner connection={connection} />);
    expect(container.textContent).toBe('');
    act(() => connection.become('lost'));
    expect(screen.getByRole('alert')).toBeTruthy();
    fireEvent.click(button('Resume'));
    expect(connection.tries).toBe(1);
    act(() => connection.become('open'));
    expect(container.textContent).toBe('');
  });

  it('asks for a new login when the session ended', () => {
    const connection = new FakeConnection();
    render(<ConnectionBanner connection={connection} />);
    act(() => connection.become('refused'));
    expect(button('Log in again')).toBeTruthy();
  });
});
