import { render, screen } from '@testing-library/react';
import React from 'react';
import { describe, expect, it } from 'vitest';
import type { IAnswer } from '../../../../src/components/predict/answer';
import type { IAsked } from '../../../../src/components/predict/latest';
import { askedOf, LatestAnswers, readAsked } from '../../../../src/components/predict/latest';

const TIME = '2026-11-21T10:00:00Z';
const one: IAsked = { by: 'bo', time: TIME, picture: 'page.png', found: ['3', '1'] };

function anAnswer(found: string[] | null): IAnswer {
  const results = found && {
    class_name: found,
    scores: found.map(() => 1),
    'rois [y_min, x_min, y_max, x_max]': found.map((): [number, number, number, number] => [
      0, 0, 1, 1
    ])
  };
  const error = results ? '' : 'It is no picture.';
  return { picture: { name: 'page.png', url: 'data:' }, results, image: null, error };
}

describe('what was asked lately', () => {
  // proves: shared.model
  it('is told of the answers that went well', () => {
    expect(askedOf([anAnswer(['3', '1']), anAnswer(null), anAnswer([])], 'bo', TIME)).toEqual([
      one,
      { ...one, found: [] }
    ]);
  });

  it('stands newest first, without what is no answer: anybody may write there', () => {
    const wrong = [
      null,
      7,
      'x',
      {},
      { ...one, by: 7 },
      { ...one, time: 'noon' },
      { ...one, found: '31' },
      { ...one, found: [3] },
      { ...one, picture: null }
    ];
    expect(readAsked([one, ...wrong, { ...one, by: 'ann' }]).map(({ by }) => by)).toEqual([
      'ann',
      'bo'
    ]);
    expect(readAsked('nonsense')).toEqual([]);
    expect(readAsked(undefined)).toEqual([]);
  });

  it('is shown as text', () => {
    render(
      <LatestAnswers
        asked={[
          { ...one, by: '<b>bo</b>' },
          { ...one, found: [] }
        ]}
      />
    );
    expect(screen.getByText('<b>bo</b>')).toBeTruthy();
    expect(screen.getByText('3 1')).toBeTruthy();
    expect(screen.getByText('nothing')).toBeTruthy();
    expect(document.querySelector('b')).toBeNull();
  });

  it('says that nobody has asked', () => {
    render(<LatestAnswers asked={[]} />);
    expect(screen.getByText('Nobody has asked yet.')).toBeTruthy();
    expect(screen.queryByRole('table')).toBeNull();
  });
});
