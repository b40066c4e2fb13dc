import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import React from 'react';
import { describe, expect, it } from 'vitest';
import type { MediaPiece, MediaSeries } from '../../../../src/api';
import { MediaGallery, stepsOf } from '../../../../src/components/media/gallery';
import { aPiece, keptAs } from './pieces';

const urlOf = ({ name }: MediaSeries, { step, index }: MediaPiece): string =>
  `/${name}/${step}/${index}`;
const addresses = (): (string | null)[] =>
  screen.queryAllByRole('img').map(picture => picture.getAttribute('src'));

function show(
  media: MediaSeries[],
  read: (series: MediaSeries, piece: MediaPiece) => Promise<string> = () => Promise.resolve('')
): ReturnType<typeof render> & { again: (media: MediaSeries[]) => void } {
  const gallery = (shown: MediaSeries[]): React.JSX.Element => (
    <MediaGallery media={shown} urlOf={urlOf} read={read} />
  );
  const drawn = render(gallery(media));
  return { ...drawn, again: next => drawn.rerender(gallery(next)) };
}

describe('what a job kept', () => {
  it('says how to keep something where nothing is', () => {
    show([]);
    expect(screen.getByText('No pictures and tables yet.')).toBeTruthy();
    expect(screen.getByText(/crispdm\.image/)).toBeTruthy();
  });

  // proves: training.media-view
  it('shows all pictures of the newest step, and those of another one when somebody moves there', () => {
    show([
      keptAs('image', 'a', [aPiece(1), aPiece(5), aPiece(5, { index: 1, caption: 'second' })])
    ]);
    expect(addresses()).toEqual(['/a/5/0', '/a/5/1']);
    expect(screen.getByAltText('second')).toBeTruthy();
    expect(screen.getByText('Step 5')).toBeTruthy();
    fireEvent.change(screen.getByRole('slider'), { target: { value: '0' } });
    expect(addresses()).toEqual(['/a/1/0']);
    expect(screen.getByRole('slider').getAttribute('aria-valuetext')).toBe('Step 1');
  });

  // proves: training.media-view
  it('follows the newest until somebody chose a step, and again when they go back to the end', () => {
    const at = (...steps: number[]) => [
      keptAs(
        'figure',
        'f',
        steps.map(step => aPiece(step))
      )
    ];
    const { again } = show(at(1, 2));
    again(at(1, 2, 3));
    expect(addresses()).toEqual(['/f/3/0']);
    fireEvent.change(screen.getByRole('slider'), { target: { value: '1' } });
    again(at(1, 2, 3, 4));
    expect(addresses()).toEqual(['/f/2/0']);
    fireEvent.change(screen.getByRole('slider'), { target: { value: '3' } });
    again(at(1, 2, 3, 4, 5));
    expect(addresses()).toEqual(['/f/5/0']);
  });

  it('has no slider for a single step, and says how many steps are left out', () => {
    show([
      keptAs('image', 'one', [aPiece(7)]),
      keptAs('image', 'many', [aPiece(1), aPiece(2)], 98)
    ]);
    expect(screen.getAllByRole('slider')).toHaveLength(1);
    expect(screen.getByTitle('2 of 100 are shown')).toBeTruthy();
  });

  it('draws small pictures larger, without blurring them', () => {
    show([keptAs('image', 'a', [aPiece(0, { width: 28, height: 28 })])]);
    expect(screen.getByRole('img').hasAttribute('data-small')).toBe(true);
  });

  // proves: training.media-view
  it('shows histograms, tables and texts as what they are', async () => {
    const content: Record<string, string> = {
      h: JSON.stringify({ edges: [0, 1, 3], counts: [2, 4], mean: 1.5, std: 0.5, nan: 2 }),
      t: JSON.stringify({
        columns: ['a', 'b'],
        rows: [
          [1, 'x'],
          [null, { deep: [1] }]
        ]
      }),
      note: '<b>not bold</b>'
    };
    const { container } = show(
      [
        keptAs('histogram', 'h', [aPiece(0)]),
        keptAs('table', 't', [aPiece(0, { rows: 900 })]),
        keptAs('text', 'note', [aPiece(0)])
      ],
      ({ name }) => Promise.resolve(content[name])
    );
    expect(screen.getAllByText('Loading…')).toHaveLength(3);
    await waitFor(() => expect(screen.getByText('<b>not bold</b>')).toBeTruthy());
    const bars = [...container.querySelectorAll('rect')].map(bar => [
      Number(bar.getAttribute('width')),
      Number(bar.getAttribute('height'))
    ]);
    expect(bars).toEqual([
      [79.5, 48],
      [159.5, 96]
    ]);
    expect(screen.getByText('1.5 ± 0.5')).toBeTruthy();
    expect(screen.getByText('2 are no finite number')).toBeTruthy();
    expect(screen.getAllByRole('cell').map(cell => cell.textContent)).toEqual([
      '1',
      'x',
      '',
      '{"deep":[1]}'
    ]);
    expect(screen.getByText('2 of 900 rows')).toBeTruthy();
  });

  // proves: training.media-faults
  it.each([
    ['histogram', 'no JSON'],
    ['histogram', '{"edges": [1], "counts": [1]}'],
    ['histogram', '{"edges": [0, 1], "counts": [-1]}'],
    ['histogram', '{"edges": [0, "x"], "counts": [1]}'],
    ['table', '[]'],
    ['table', 'null'],
    ['table', '{"columns": [], "rows": [5]}']
  ] as const)('says of a %s that cannot be read that it cannot: %s', async (kind, text) => {
    show([keptAs(kind, 'a', [aPiece(0)])], () => Promise.resolve(text));
    await waitFor(() => expect(screen.getByText('This cannot be read.')).toBeTruthy());
  });

  it('says of a histogram without numbers that there are none', async () => {
    show([keptAs('histogram', 'a', [aPiece(0)])], () =>
      Promise.resolve('{"edges": [], "counts": []}')
    );
    await waitFor(() => expect(screen.getByText('No numbers.')).toBeTruthy());
  });

  it('says why a piece cannot be had', async () => {
    show([keptAs('text', 'a', [aPiece(0)])], () => Promise.reject(new Error('It is gone.')));
    await waitFor(() => expect(screen.getByText('It is gone.')).toBeTruthy());
  });

  it('drops an answer that comes after another step was chosen', async () => {
    const answers = new Map<number, (text: string) => void>();
    show(
      [keptAs('text', 'a', [aPiece(1), aPiece(2)])],
      (_, { step }) => new Promise(resolve => answers.set(step, resolve))
    );
    fireEvent.change(screen.getByRole('slider'), { target: { value: '0' } });
    answers.get(1)!('first');
    await waitFor(() => expect(screen.getByText('first')).toBeTruthy());
    answers.get(2)!('second');
    await Promise.resolve();
    expect(screen.queryByText('second')).toBeNull();
  });

  it('lists each step once, in order', () => {
    expect(stepsOf([aPiece(9), aPiece(-2), aPiece(9, { index: 1 })])).toEqual([-2, 9]);
  });
});
