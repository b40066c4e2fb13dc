import { fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';
import { EnvironmentPicker } from '../../../../src/components/environments/picker';
import { anEnvironment } from '../../support';

describe('EnvironmentPicker', () => {
  it('shows what cannot be used with the reason, and what is gone by its id', () => {
    const broken = anEnvironment({
      id: 'b',
      name: 'broken',
      usable: false,
      reason: 'its python is gone'
    });
    render(
      <EnvironmentPicker
        environments={[anEnvironment(), broken]}
        value="gone"
        onChange={() => undefined}
      />
    );
    const options = screen.getAllByRole<HTMLOptionElement>('option');
    expect(options.map(option => [option.text, option.disabled])).toEqual([
      ['gone', false],
      ['server (server, Python 3.11.7)', false],
      ['broken (server, Python 3.11.7): its python is gone', true]
    ]);
  });

  it('tells what was chosen', () => {
    const onChange = vi.fn();
    const environments = [anEnvironment(), anEnvironment({ id: 'e2', name: 'torch' })];
    render(<EnvironmentPicker environments={environments} value="server" onChange={onChange} />);
    fireEvent.change(screen.getByRole('combobox'), { target: { value: 'e2' } });
    expect(onChange).toHaveBeenCalledWith('e2');
  });
});
