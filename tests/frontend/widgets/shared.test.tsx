import { act, fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PagePlace } from '../../../src/widgets/shared/place';
import { tellPage } from '../../../src/widgets/shared/following';
import { ChatView, PresenceView, WhiteboardView } from '../../../src/widgets/shared';
import { page } from '../../../src/widgets/basics/react';
import { IPresence, IStates } from '../../../src/tokens/state';
import { aVisitor, FakePresence, FakeStates } from '../shared';
import { FakeJobs, fakeWorkbench } from '../support';
import { removeWidgets, showWidget } from './show';

let presence: FakePresence;
let states: FakeStates;

beforeEach(() => {
  const { workbench, share } = fakeWorkbench(new FakeJobs());
  presence = new FakePresence();
  states = new FakeStates();
  share(IPresence, presence);
  share(IStates, states);
  page.workbench = workbench;
});
afterEach(removeWidgets);

const frame = () => new Promise<void>(resolve => requestAnimationFrame(() => resolve()));
const settle = () =>
  act(async () => {
    await frame();
    await frame();
  });

describe('the widgets of what people share', () => {
  it('follow a colleague with a click', async () => {
    presence.others = [aVisitor()];
    await showWidget(PresenceView, {});
    await settle();
    fireEvent.click(screen.getByRole('button'));
    expect(presence.following).toBe('s1');
  });

  it('keep in the model which room is open', async () => {
    states.server.write('chat:rooms', { other: { name: 'other' } });
    const { model } = await showWidget(ChatView, { room: 'General', height: 400 });
    await settle();
    fireEvent.click(screen.getByRole('button', { name: 'other' }));
    expect(model.get('room')).toBe('other');
  });

  it('show the pointers of those who are on the same board', async () => {
    const at = (session: string, board: string) =>
      aVisitor({ session, user: session, cursor: [0.5, 0.5], selection: { board } });
    presence.others = [at('bo', 'ideas'), at('cy', 'other'), aVisitor({ session: 'di' })];
    await showWidget(WhiteboardView, { name: 'Ideas', title: '' });
    await settle();
    const names = [...document.querySelectorAll('.crispdm-Board-cursor')].map(
      cursor => cursor.textContent
    );
    expect(names).toEqual(['bo']);
  });
});

describe('where a page is', () => {
  it('is told by path, title, page of a dashboard and scroll, and again when it scrolls', () => {
    document.title = 'Digits';
    const place = new PagePlace({ page: 'modeling', go: () => undefined });
    let told = 0;
    place.moved.connect(() => void told++, place);
    document.dispatchEvent(new Event('scroll'));
    document.body.dispatchEvent(new Event('scroll'));
    expect(told).toBe(1);
    expect(place.place).toEqual({ page: '/', title: 'Digits', tab: 'modeling', scroll: 0 });
    place.dispose();
    document.dispatchEvent(new Event('scroll'));
    expect(told).toBe(1);
  });

  it('becomes that of a colleague', () => {
    const gone: string[] = [];
    document.body.innerHTML = '<div class="crispdm-Desk-pages"></div>';
    const scroller = document.querySelector('.crispdm-Desk-pages')!;
    Object.defineProperty(scroller, 'scrollHeight', { value: 1000 });
    Object.defineProperty(scroller, 'clientHeight', { value: 200 });
    const place = new PagePlace({ page: 'data', go: slug => void gone.push(slug) });
    place.go({ page: '/', title: '', tab: 'report', scroll: 0.5 });
    place.go({ page: '/', title: '', tab: 'data', scroll: 0.25 });
    expect([gone, scroller.scrollTop]).toEqual([['report'], 200]);
    place.dispose();
  });
});

describe('a page that follows', () => {
  const begin = async () => {
    presence.others = [aVisitor()];
    const shown = tellPage(presence);
    await settle();
    act(() => presence.follow('s1'));
    await settle();
    return shown;
  };
  const frameOf = () => document.querySelector('.crispdm-Follow');

  // proves: shared.follow
  it.each([
    ['the wheel', () => fireEvent.wheel(document.body)],
    ['a finger', () => fireEvent.touchMove(document.body)],
    ['a key', () => fireEvent.keyDown(document.body, { key: 'PageDown' })],
    ['Escape', () => fireEvent.keyDown(document.body, { key: 'Escape' })]
  ])('goes its own way with %s', async (_, move) => {
    const shown = await begin();
    expect(frameOf()).not.toBeNull();
    act(() => void move());
    await settle();
    expect([presence.following, frameOf()]).toEqual(['', null]);
    act(() => shown.dispose());
  });

  it('goes along while somebody types', async () => {
    const shown = await begin();
    document.body.insertAdjacentHTML('beforeend', '<textarea></textarea>');
    fireEvent.keyDown(document.querySelector('textarea')!, { key: 'ArrowDown' });
    expect(presence.following).toBe('s1');
    act(() => shown.dispose());
    expect(frameOf()).toBeNull();
  });
});
