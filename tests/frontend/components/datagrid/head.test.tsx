import { fireEvent, render, screen, within } from '@testing-library/react';
import React, { useState } from 'react';
import { describe, expect, it } from 'vitest';
import type { IColumnChoice } from '../../../../src/components/datagrid/columnlayout';
import { NARROWEST, NO_CHOICE, WIDEST } from '../../../../src/components/datagrid/columnlayout';
import { columnsFor } from '../../../../src/components/jobgrid/columns';
import { GridHead } from '../../../../src/components/datagrid/head';
import type { ISelection } from '../../../../src/components/basics/selection';
import { NOTHING } from '../../../../src/components/basics/selection';
import { NEWEST_FIRST } from '../../../../src/components/jobgrid/sort';

/** A head of these columns, each 200 pixels wide until somebody chooses. */
function head(
  keys: string[],
  { sort = NEWEST_FIRST, ids = ['a', 'b'], marked = [] as string[] } = {}
) {
  const said: { sorts: string[]; selections: ISelection[]; choice: IColumnChoice } = {
    sorts: [],
    selections: [],
    choice: NO_CHOICE
  };
  const Host = () => {
    const [choice, setChoice] = useState(NO_CHOICE);
    said.choice = choice;
    const columns = [...columnsFor(keys), STAR]
      .filter(({ key }) => keys.includes(key))
      .map(column => ({ ...column, width: choice.widths[column.key] ?? 200 }));
    return (
      <GridHead
        columns={columns}
        ids={ids}
        all={{ label: 'Mark all', title: 'Mark all that are shown' }}
        selection={{ ...NOTHING, marked: new Set(marked) }}
        onSelection={one => said.selections.push(one)}
        orderOf={key =>
          key === sort.key ? (sort.descending ? 'descending' : 'ascending') : 'none'
        }
        onSort={key => said.sorts.push(key)}
        choice={choice}
        onChoice={setChoice}
      />
    );
  };
  render(<Host />);
  return said;
}

const STAR = { key: 'star', label: () => 'Favourite', sign: '★', least: 36, most: 36, rank: 0 };

const edge = (name: string) => screen.getByRole('separator', { name: `Width of ${name}` });
const drag = (node: HTMLElement, ...steps: [string, number][]) => {
  node.setPointerCapture = () => undefined;
  steps.forEach(([type, clientX]) =>
    fireEvent(node, new MouseEvent(type, { bubbles: true, clientX }))
  );
};

describe('the head of the table', () => {
  it('names its columns, also those of metrics and parameters, as text', () => {
    head(['name', 'metric:<b>loss</b>', 'parameter:lr']);
    const names = screen.getAllByRole('columnheader').map(one => one.getAttribute('aria-label'));
    expect(names).toEqual([null, 'Name', '<b>loss</b>', 'lr']);
    expect(document.querySelector('b')).toBeNull();
  });

  it('tells by which column the table is sorted, and which way', () => {
    head(['name', 'created'], { sort: { key: 'name', descending: false } });
    const sorted = (name: string) =>
      screen.getByRole('columnheader', { name }).getAttribute('aria-sort');
    expect([sorted('Name'), sorted('Created')]).toEqual(['ascending', 'none']);
  });

  it('asks for another order by a click, also where the order is this one already', () => {
    const said = head(['parameter:lr', 'name'], { sort: { key: 'name', descending: false } });
    fireEvent.click(screen.getByRole('button', { name: 'lr' }));
    fireEvent.click(screen.getByRole('button', { name: 'Name' }));
    expect(said.sorts).toEqual(['parameter:lr', 'name']);
  });

  it('shows a sign where the name is too long, and is still called by its name', () => {
    const said = head(['star']);
    const button = screen.getByRole('button', { name: 'Favourite' });
    expect(button.textContent).toBe('★');
    fireEvent.click(button);
    expect(said.sorts).toEqual(['star']);
  });

  it('is not sorted by a drag at an edge or a key that makes a column wider', () => {
    const said = head(['name']);
    drag(edge('Name'), ['pointerdown', 10], ['pointermove', 40], ['pointerup', 40]);
    fireEvent.click(edge('Name'));
    fireEvent.keyDown(screen.getByRole('button'), { key: 'ArrowRight', shiftKey: true });
    expect(said.sorts).toEqual([]);
    expect(said.choice.widths.name).toBe(246);
  });
});

describe('the width of a column', () => {
  it('says how it is changed without a mouse', () => {
    head(['name']);
    const button = screen.getByRole('button', { name: 'Name' });
    expect(button.getAttribute('aria-keyshortcuts')).toBe('Shift+ArrowLeft Shift+ArrowRight');
    expect(button.title).toContain('Shift with an arrow key');
    expect(edge('Name').getAttribute('aria-valuenow')).toBe('200');
  });

  it('becomes less by Shift and the left arrow, and no less than can be read', () => {
    const said = head(['name']);
    const narrow = () =>
      fireEvent.keyDown(screen.getByRole('button'), { key: 'ArrowLeft', shiftKey: true });
    narrow();
    expect(said.choice.widths).toEqual({ name: 184 });
    Array.from({ length: 20 }, narrow);
    expect(said.choice.widths).toEqual({ name: NARROWEST });
  });

  it('stays for other keys, which go where they always go', () => {
    const said = head(['name']);
    const button = screen.getByRole('button');
    expect(fireEvent.keyDown(button, { key: 'ArrowDown', shiftKey: true })).toBe(true);
    expect(fireEvent.keyDown(button, { key: 'constructor', shiftKey: true })).toBe(true);
    expect(said.choice).toBe(NO_CHOICE);
  });

  it('follows the mouse from where it was taken, within bounds, and only while it is held', () => {
    const said = head(['name', 'owner']);
    drag(edge('Name'), ['pointermove', 500]);
    expect(said.choice).toBe(NO_CHOICE);
    drag(edge('Name'), ['pointerdown', 100], ['pointermove', 150], ['pointermove', 90]);
    expect(said.choice.widths).toEqual({ name: 190 });
    drag(edge('Name'), ['pointermove', 90_000]);
    expect(said.choice.widths).toEqual({ name: WIDEST });
    drag(edge('Name'), ['pointercancel', 0], ['pointermove', 120]);
    expect(said.choice.widths).toEqual({ name: WIDEST });
  });

  it('is decided by its content again after a double click, and those of others stay', () => {
    const said = head(['name', 'owner']);
    ['Name', 'Owner'].forEach(name => drag(edge(name), ['pointerdown', 0], ['pointermove', 50]));
    expect(said.choice.widths).toEqual({ name: 250, owner: 250 });
    fireEvent.doubleClick(edge('Owner'));
    expect(said.choice.widths).toEqual({ name: 250 });
  });
});

describe('the mark of all', () => {
  const box = () => screen.getByRole<HTMLInputElement>('checkbox', { name: 'Mark all' });

  it.each([
    ['none', [], false, false],
    ['some', ['a'], false, true],
    ['all', ['a', 'b'], true, false],
    ['only such as are not shown', ['gone'], false, false]
  ])('shows that %s are marked', (_, marked, checked, indeterminate) => {
    head(['name'], { marked });
    expect([box().checked, box().indeterminate]).toEqual([checked, indeterminate]);
  });

  it('is not set where there is nothing to mark', () => {
    head(['name'], { ids: [] });
    expect([box().checked, box().indeterminate]).toEqual([false, false]);
  });

  it('marks all that are shown', () => {
    const said = head(['name'], { marked: ['a'] });
    fireEvent.click(within(screen.getByRole('row')).getByRole('checkbox'));
    expect([...said.selections[0].marked]).toEqual(['a', 'b']);
  });
});
