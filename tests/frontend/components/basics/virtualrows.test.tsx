import { act, fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { beforeAll, describe, expect, it } from 'vitest';
import { stepTo, useVirtualRows } from '../../../../src/components/basics/virtualrows';
import { giveSize } from '../../support';

function List({ hasLast = false }: { hasLast?: boolean }): React.JSX.Element {
  const count = 100;
  const { rows, scroller, focusRow } = useVirtualRows({ count, height: 20, keyOf: String });
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const at = Number((event.target as HTMLElement).dataset.index);
    focusRow(stepTo(event.key, at, count) ?? at);
  };
  return (
    <>
      <input aria-label="elsewhere" />
      <button onClick={() => focusRow(count - 1)}>last</button>
      <div ref={scroller} onKeyDown={onKeyDown}>
        {rows.getVirtualItems().map(({ key, index }) => (
          <p key={key} tabIndex={-1} data-index={index}>{`row ${index}`}</p>
        ))}
        {hasLast && <p tabIndex={-1} data-index={count - 1}>{`row ${count - 1}`}</p>}
      </div>
    </>
  );
}

const press = (key: string): void => void fireEvent.keyDown(document.activeElement!, { key });
const frame = (): Promise<void> =>
  act(() => new Promise<void>(resolve => requestAnimationFrame(() => resolve())));

describe('the focus of a long list', () => {
  beforeAll(() => giveSize(200));

  it('is led on by each key, also where two are pressed before anything is drawn', () => {
    render(<List />);
    screen.getByText('row 0').focus();
    press('ArrowDown');
    press('ArrowDown');
    expect(document.activeElement?.textContent).toBe('row 2');
  });

  it('comes to a row once it is made, but is not taken from where somebody went meanwhile', async () => {
    const { rerender } = render(<List />);
    const click = (): void => void fireEvent.click(screen.getByText('last'));
    click();
    rerender(<List hasLast />);
    await frame();
    expect(document.activeElement?.textContent).toBe('row 99');
    rerender(<List />);
    click();
    rerender(<List hasLast />);
    screen.getByLabelText('elsewhere').focus();
    await frame();
    expect(document.activeElement).toBe(screen.getByLabelText('elsewhere'));
  });
});
