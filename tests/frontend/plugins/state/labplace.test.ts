import { Widget } from '@lumino/widgets';
import { Signal } from '@lumino/signaling';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LabPlace } from '../../../../src/plugins/state/labplace';
import type { IPlace } from '../../../../src/tokens/state';

/** Lab's shell and its documents, as far as the place asks for them. */
class Lab {
  readonly paths = new Map<Widget, string>();
  readonly opened: string[] = [];
  currentWidget: Widget | null = null;
  readonly currentChanged = new Signal<this, never>(this);

  contextForWidget(widget: Widget): { path: string } | undefined {
    const path = this.paths.get(widget);
    return path ? { path } : undefined;
  }

  openOrReveal(path: string): void {
    this.opened.push(path);
  }

  /** Put a document in front; what it holds is four times as high as what is seen. */
  show(path: string, label = path): HTMLElement {
    const widget = new Widget();
    widget.title.label = label;
    widget.node.innerHTML = '<div class="jp-WindowedPanel-outer"></div>';
    const scroller = widget.node.firstElementChild as HTMLElement;
    Object.defineProperties(scroller, {
      scrollHeight: { value: 400 },
      clientHeight: { value: 100 }
    });
    document.body.append(widget.node);
    this.paths.set(widget, path);
    this.currentWidget = widget;
    this.currentChanged.emit(undefined as never);
    return scroller;
  }
}

let lab: Lab;
let place: LabPlace;
let moves: IPlace[];
let opened: string[];

beforeEach(() => {
  [lab, moves, opened] = [new Lab(), [], []];
  place = new LabPlace(lab as never, lab as never, '/user/ada/lab');
  place.moved.connect(() => moves.push(place.place), {});
  vi.spyOn(window, 'open').mockImplementation(url => (opened.push(String(url)), null));
});
afterEach(() => {
  place.dispose();
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

const at = (page: string, scroll = 0, tab = ''): IPlace => ({ page, scroll, tab, title: '' });

// proves: presence.pages
describe('where Lab is', () => {
  it('is Lab itself while no document is in front', () => {
    expect(place.place).toEqual({ page: '/user/ada/lab', title: '', tab: '', scroll: 0 });
  });

  it('is the document in front, by the address that opens it', () => {
    lab.show('data/my file?.ipynb', 'my\u0000 file');
    expect(moves).toEqual([
      {
        page: '/user/ada/lab/tree/data/my%20file%3F.ipynb',
        title: 'my  file',
        tab: '',
        scroll: 0
      }
    ]);
    lab.show('b.ipynb', 'x'.repeat(300));
    expect(place.place.title.length).toBe(200);
  });

  it('is how far that document is scrolled, and not what scrolls beside it', () => {
    const scroller = lab.show('a.ipynb');
    scroller.scrollTop = 150;
    scroller.dispatchEvent(new Event('scroll'));
    expect(moves.at(-1)?.scroll).toBe(0.5);
    const aside = document.body.appendChild(document.createElement('div'));
    aside.dispatchEvent(new Event('scroll'));
    expect(moves.length).toBe(2);
  });

  it('is told no more once it is disposed of', () => {
    const scroller = lab.show('a.ipynb');
    place.dispose();
    scroller.dispatchEvent(new Event('scroll'));
    lab.show('b.ipynb');
    expect(moves.length).toBe(1);
  });
});

// proves: presence.follow
describe('going along with a colleague in Lab', () => {
  it('opens their document, and scrolls as they do', () => {
    const scroller = lab.show('a.ipynb');
    place.go(at('/user/ada/lab/tree/data/my%20b.ipynb'));
    expect(lab.opened).toEqual(['data/my b.ipynb']);
    place.go(at('/user/ada/lab/tree/a.ipynb', 0.25));
    expect([lab.opened.length, scroller.scrollTop]).toEqual([1, 75]);
  });

  it('goes nowhere with somebody who has no document before them, or says no address', () => {
    place.go(at('/user/ada/lab'));
    place.go(at('/user/ada/lab/tree/%E0%A4%A'));
    expect([lab.opened, opened]).toEqual([[], []]);
  });

  it('opens a page that is not of Lab in a tab of its own, once, and always on this server', () => {
    place.go(at('/user/ada/voila/render/a.ipynb', 0, 'model'));
    place.go(at('/user/ada/voila/render/a.ipynb', 0.5, 'model'));
    place.go(at('//evil.example/x'));
    const [first, second] = opened.map(url => new URL(url));
    expect(first.pathname + first.search).toBe('/user/ada/voila/render/a.ipynb?page=model');
    expect(second.host).toBe(window.location.host);
    expect(opened.length).toBe(2);
  });
});
