import { describe, expect, it } from 'vitest';
import type { IPicture } from '../../../../../src/components/curves/export/picture';
import { layOut } from '../../../../../src/components/curves/export/picture';
import type { IPlane } from '../../../../../src/components/curves/export/svg';
import { svgOf, ticksOf } from '../../../../../src/components/curves/export/svg';

const PICTURE: IPicture = {
  title: 'loss <of> "all"',
  entries: [
    { name: 'train & val', colour: '#123456', at: 0 },
    { name: 'ninth', colour: 'red" onload="x', at: 8 }
  ],
  text: '#222',
  background: '#fff'
};
const PLANE: IPlane = {
  data: [
    [0, 5, 10],
    [1, null, 3],
    [2, undefined, 4]
  ],
  x: [0, 10],
  y: [0, 4],
  axis: 'step',
  xLabel: 'step',
  logScale: false,
  width: 480,
  height: 280,
  shadows: 0
};

function drawn(plane: Partial<IPlane> = {}): Document {
  const text = svgOf({ ...PLANE, ...plane }, PICTURE);
  return new DOMParser().parseFromString(text, 'image/svg+xml');
}

const lines = (document: Document): (string | null)[] =>
  [...document.querySelectorAll('g path')].map(path => path.getAttribute('d'));

describe('svgOf', () => {
  it('is a whole document, whatever names there are', () => {
    const document = drawn();
    expect(document.querySelector('parsererror')).toBeNull();
    const texts = [...document.querySelectorAll('text')].map(node => node.textContent);
    expect(texts).toEqual(expect.arrayContaining(['loss <of> "all"', 'train & val', 'step']));
    expect(document.querySelector('[onload]')).toBeNull();
  });

  it('breaks a line where there is no number, and goes on where a curve has no row', () => {
    const [first, second] = lines(drawn());
    expect(first?.match(/[ML]/g)).toEqual(['M', 'M']);
    expect(second?.match(/[ML]/g)).toEqual(['M', 'L']);
    expect(second).toBe('M64 174L468 34');
  });

  it('dashes the colours that come again, and lets shadows stand behind', () => {
    const document = drawn({
      data: [
        [0, 10],
        [1, 2],
        [3, 4],
        [1, 2],
        [3, 4]
      ],
      shadows: 2
    });
    const paths = [...document.querySelectorAll('g path')];
    expect(paths.map(path => path.getAttribute('opacity'))).toEqual(['0.3', '0.3', null, null]);
    expect(paths.map(path => path.getAttribute('stroke-dasharray'))).toEqual([
      null,
      '6 4',
      null,
      '6 4'
    ]);
  });

  it('writes places as their axis does', () => {
    const texts = (plane: Partial<IPlane>): string =>
      [...drawn(plane).querySelectorAll('text')].map(node => node.textContent).join(' ');
    expect(texts({ axis: 'elapsed', x: [0, 600] })).toContain('1m40s');
    expect(texts({ axis: 'clock', x: [0, 600] })).toContain('00:01:40');
    expect(texts({ logScale: true, y: [0.01, 10] })).toContain('0.1');
  });
});

describe('ticksOf', () => {
  it('are round numbers', () => {
    expect(ticksOf([0, 1], false)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticksOf([-3, 1200], false)).toEqual([0, 500, 1000]);
    expect(ticksOf([0.002, 3], true)).toEqual([0.01, 0.1, 1]);
    expect(ticksOf([5, 5], false)).toEqual([5]);
  });
});

describe('layOut', () => {
  it('begins a new line where an entry does not fit', () => {
    const entries = ['a', 'b', 'c'].map((name, at) => ({ name, colour: '#000', at }));
    const { places, height } = layOut(entries, 200, () => 60);
    expect(places.map(({ x, y }) => [x, y])).toEqual([
      [12, 9],
      [106, 9],
      [12, 27]
    ]);
    expect(height).toBe(36);
    expect(layOut([], 200, () => 60).height).toBe(0);
  });
});
