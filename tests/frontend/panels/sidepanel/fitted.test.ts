import { AccordionPanel, Widget } from '@lumino/widgets';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fitHeights } from '../../../../src/panels/sidepanel/fit';
import { FittedSections, contentHeight } from '../../../../src/panels/sidepanel/fitted';

describe('fitHeights', () => {
  it.each([
    ['what each needs, the rest for the last', [100, 60, 200], 500, [100, 60, 340]],
    ['the long ones share what the short ones leave', [1000, 60, 800], 500, [220, 60, 220]],
    ['one that is alone has all', [90], 400, [400]],
    ['an empty one can be seen', [0, 300], 348, [48, 300]],
    ['none is lower than one can see', [900, 900, 900], 90, [48, 48, 48]]
  ])('%s', (_, wanted, room, heights) => expect(fitHeights(wanted, room)).toEqual(heights));

  it('never gives away more than there is', () => {
    for (let room = 200; room < 2000; room += 37) {
      const sum = fitHeights([52 * 40, 90, 300, 130], room).reduce((a, b) => a + b, 0);
      expect(sum).toBeLessThanOrEqual(room);
      expect(sum).toBeGreaterThan(room - 4);
    }
  });
});

describe('FittedSections', () => {
  const frame = () => new Promise<void>(resolve => requestAnimationFrame(() => resolve()));
  const height = (node: Element, value: number, property = 'offsetHeight') =>
    Object.defineProperty(node, property, { configurable: true, value });
  const made: { dispose: () => void }[] = [];
  const section = (...heights: number[]): Widget => {
    const widget = new Widget();
    widget.node.innerHTML = '<div class="crispdm-View"></div>';
    heights.forEach(value => {
      const child = document.createElement('div');
      height(child, value);
      widget.node.firstElementChild?.append(child);
    });
    return widget;
  };
  const accordion = (...widgets: Widget[]) => {
    const panel = new AccordionPanel();
    widgets.forEach(widget => panel.addWidget(widget));
    height(panel.node, 400, 'clientHeight');
    const sizes = vi.spyOn(panel, 'setRelativeSizes');
    const fitted = new FittedSections(panel);
    made.push(fitted, panel);
    return { panel, sizes, fitted };
  };
  afterEach(() => made.splice(0).forEach(one => one.dispose()));

  it('measures what is in a section, also of a list that draws a few rows only', () => {
    const widget = section(30, 20);
    const table = document.createElement('div');
    table.className = 'crispdm-JobTable';
    table.innerHTML = '<div></div>';
    height(table, 10);
    height(table.firstElementChild as Element, 52_000);
    widget.node.firstElementChild?.append(table);
    expect(contentHeight(widget)).toBe(52_050);
  });

  it('fits the sections when something comes, and only then', async () => {
    const [one, two] = [section(100), section(60)];
    const { sizes, fitted } = accordion(one, two);
    fitted.fitSoon();
    await frame();
    expect(sizes.mock.calls).toEqual([[[100, 300]]]);
    fitted.fitSoon();
    await frame();
    expect(sizes).toHaveBeenCalledOnce();
    const row = document.createElement('div');
    height(row, 50);
    one.node.firstElementChild?.append(row);
    await Promise.resolve();
    await frame();
    expect(sizes.mock.calls.at(-1)).toEqual([[150, 250]]);
  });

  it('leaves a closed section out, and a border where somebody put it', async () => {
    const [one, two] = [section(100), section(60)];
    const { panel, sizes, fitted } = accordion(one, two);
    panel.collapse(1);
    await frame();
    expect(sizes.mock.calls.at(-1)?.[0]).toEqual([400, 0]);
    const calls = sizes.mock.calls.length;
    (panel.handleMoved as unknown as { emit: (args: unknown) => void }).emit(undefined);
    fitted.fitSoon();
    await frame();
    expect(sizes.mock.calls.length).toBe(calls);
    panel.expand(1);
    await frame();
    expect(sizes.mock.calls.at(-1)?.[0]).toEqual([100, 300]);
  });
});
