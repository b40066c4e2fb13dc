import { fireEvent, render, screen } from '@testing-library/react';
import React, { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import type { IColumnNeeds, IColumnChoice } from '../../../../src/components/datagrid/columnlayout';
import {
  NARROWEST,
  NO_CHOICE,
  asChoice,
  layOut,
  withShown,
  withWidth
} from '../../../../src/components/datagrid/columnlayout';
import { ColumnMenu } from '../../../../src/components/jobgrid/columnmenu';
import { sortJobs } from '../../../../src/components/jobgrid/sort';
import { aJob } from '../../support';

const COLUMNS: readonly IColumnNeeds[] = [
  { key: 'state', content: 90, least: 80, most: 100, rank: 0 },
  { key: 'name', content: 300, least: 100, most: 400, rank: 0, grow: 3 },
  { key: 'outcome', content: 50, least: 60, most: 200, rank: 1, grow: 1 },
  { key: 'tags', content: 500, least: 60, most: 200, rank: 9 }
];

describe('layOut', () => {
  const widths = (room: number, choice?: IColumnChoice) =>
    Object.fromEntries(layOut(COLUMNS, room, choice).map(({ key, width }) => [key, width]));
  const sum = (laid: Record<string, number>) => Object.values(laid).reduce((a, b) => a + b, 0);

  it('gives each what its content takes, between its least and its most', () =>
    expect(widths(650)).toEqual({ state: 90, name: 300, outcome: 60, tags: 200 }));

  it('shares what is left among those that grow', () =>
    expect(widths(1050)).toEqual({ state: 90, name: 600, outcome: 160, tags: 200 }));

  // proves: ui.columns
  it('makes columns narrower before one gives way', () => {
    const laid = widths(470);
    expect(Object.keys(laid)).toEqual(['state', 'name', 'outcome', 'tags']);
    expect(sum(laid)).toBeLessThanOrEqual(470);
    expect(laid.name).toBeGreaterThanOrEqual(240);
  });

  it('leaves out the least important first, and keeps the first ones whatever happens', () => {
    expect(Object.keys(widths(400))).toEqual(['state', 'name', 'outcome']);
    expect(Object.keys(widths(290))).toEqual(['state', 'name']);
    expect(widths(10)).toEqual({ state: 80, name: 100 });
  });

  it('never leaves out what somebody chose: the table scrolls then', () => {
    const choice = withShown(NO_CHOICE, 'tags', true);
    expect(Object.keys(widths(200, choice))).toEqual(['state', 'name', 'tags']);
  });

  it('keeps a width that somebody chose', () => {
    const choice = withWidth(NO_CHOICE, 'name', 250.4);
    expect(widths(900, choice).name).toBe(250);
    expect(widths(330, choice).name).toBe(250);
    expect(widths(900, withWidth(choice, 'name', null)).name).toBeGreaterThan(300);
    expect(withWidth(NO_CHOICE, 'name', -5).widths.name).toBe(NARROWEST);
  });

  it('is never wider than the room while columns can give way', () => {
    for (let room = 180; room < 1500; room += 7) {
      expect(sum(widths(room))).toBeLessThanOrEqual(room);
    }
  });
});

describe('asChoice', () => {
  it('takes of what was remembered only what makes sense', () => {
    const remembered = { shown: { a: true, b: 'yes' }, widths: { a: 50, b: null, c: '7' } };
    expect(asChoice(remembered)).toEqual({ shown: { a: true }, widths: { a: 50 } });
    [undefined, null, 'x', { shown: null }].forEach(value =>
      expect(asChoice(value)).toEqual(NO_CHOICE)
    );
  });
});

describe('ColumnMenu', () => {
  const menu = (metrics: string[], parameters: string[], first = NO_CHOICE) => {
    const told = { choice: first };
    const onOpen = vi.fn();
    const Host = () => {
      const [choice, setChoice] = useState<IColumnChoice>(first);
      told.choice = choice;
      return (
        <ColumnMenu
          choice={choice}
          metrics={metrics}
          parameters={parameters}
          onChoice={setChoice}
          onOpen={onOpen}
        />
      );
    };
    render(<Host />);
    fireEvent.click(screen.getByRole('button', { name: 'Choose columns' }));
    return { told, onOpen };
  };
  const box = (name: string) => screen.getByRole<HTMLInputElement>('checkbox', { name });

  it('offers the usual columns, and the metrics and parameters that there are', () => {
    const { told, onOpen } = menu(['loss'], ['lr']);
    expect(onOpen).toHaveBeenCalledOnce();
    expect(box('Owner').checked).toBe(true);
    expect(box('Name').disabled).toBe(true);
    fireEvent.click(box('Owner'));
    fireEvent.click(box('loss'));
    fireEvent.click(box('lr'));
    expect(told.choice.shown).toEqual({ owner: false, 'metric:loss': true, 'parameter:lr': true });
    fireEvent.click(screen.getByRole('button', { name: 'Reset columns' }));
    expect(told.choice).toEqual(NO_CHOICE);
  });

  it('says when there is nothing, and keeps what was chosen before', () => {
    menu([], [], withShown(NO_CHOICE, 'metric:old', true));
    expect(box('old').checked).toBe(true);
    expect(screen.getByText('None of these jobs has a parameter.')).toBeTruthy();
  });

  it('closes by Escape and by a click elsewhere', () => {
    menu(['loss'], []);
    fireEvent.keyDown(box('loss'), { key: 'Escape' });
    expect(screen.queryByRole('checkbox')).toBeNull();
    expect(document.activeElement?.textContent).toBe('Choose columns');
    fireEvent.click(screen.getByRole('button', { name: 'Choose columns' }));
    fireEvent.pointerDown(document.body);
    expect(screen.queryByRole('checkbox')).toBeNull();
  });
});

describe('sorting by metrics and parameters', () => {
  const jobs = [
    aJob({ id: 'a', parameters: { net: 'b', n: 10 } }),
    aJob({ id: 'b', parameters: { net: 'a', n: '9' } }),
    aJob({ id: 'c' })
  ];
  const latest = new Map([
    ['a', new Map([['loss', 0.5]])],
    ['b', new Map([['loss', 0.1]])],
    ['c', new Map([['loss', NaN]])]
  ]);
  const ids = (key: string, descending: boolean) =>
    sortJobs(
      jobs,
      { key, descending },
      id => id,
      0,
      id => latest.get(id)
    )
      .map(({ id }) => id)
      .join('');

  it.each([
    ['metric:loss', false, 'bac'],
    ['metric:loss', true, 'abc'],
    ['metric:none', false, 'abc'],
    ['parameter:net', false, 'bac'],
    ['parameter:n', false, 'bac']
  ])('by %s, downwards %s', (key, descending, order) => expect(ids(key, descending)).toBe(order));
});
