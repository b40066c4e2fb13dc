import { act, fireEvent, render, screen } from '@testing-library/react';
import React from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Chat } from '../../../../src/components/shared/chat/chat';
import { readMessages, shownMessages } from '../../../../src/components/shared/chat/message';
import { readRooms } from '../../../../src/components/shared/chat/rooms';
import { useChat } from '../../../../src/components/shared/chat/usechat';
import { aVisitor, FakePresence, FakeStates, FakeValues, refusal } from '../../shared';
import { giveSize } from '../../support';

let server: FakeValues;

beforeEach(() => {
  server = new FakeValues();
  window.localStorage.clear();
  giveSize(520);
});
afterEach(() => vi.useRealTimers());

/** The chat of one page. */
function Page(props: {
  me: string;
  room: string;
  presence: FakePresence;
  onOpen: (name: string) => void;
}): React.JSX.Element {
  const [states] = React.useState(() => new FakeStates(server));
  const chat = useChat({ ...props, states, name: props.room });
  return <Chat chat={chat} topic={null} height={500} />;
}

function open(me = 'ann', room = 'General', presence = new FakePresence()) {
  const onOpen = vi.fn();
  const page = (name: string) => <Page me={me} room={name} presence={presence} onOpen={onOpen} />;
  const { rerender, container } = render(page(room));
  const show = (name: string) => {
    rerender(page(name));
    return settle();
  };
  return { presence, onOpen, container, show };
}

const frame = () => new Promise<void>(resolve => requestAnimationFrame(() => resolve()));
const settle = () =>
  act(async () => {
    await frame();
    await frame();
  });

async function say(text: string): Promise<void> {
  const field = screen.getByLabelText('Message');
  fireEvent.change(field, { target: { value: text } });
  fireEvent.keyDown(field, { key: 'Enter' });
  await settle();
}

const aMessage = (text: string, change: object = {}) => ({
  id: text,
  by: 'bo',
  time: '2026-11-21T10:00:00Z',
  text,
  ...change
});
const field = () => screen.getByLabelText<HTMLTextAreaElement>('Message');
const inRoom = (room: string) => server.values.get(`chat:room:${room}`) as { text: string }[];

describe('a chat', () => {
  // proves: shared.chat
  it('says what was written to everybody, under the name of whoever wrote it', async () => {
    open();
    await settle();
    await say('  Hello, all  ');
    expect(inRoom('general')).toMatchObject([{ by: 'ann', text: 'Hello, all' }]);
    expect(screen.getByText('Hello, all')).toBeTruthy();
    expect(field().value).toBe('');
  });

  it('sends nothing of somebody of whom it is not known who they are', async () => {
    open('');
    await settle();
    expect(screen.getByLabelText<HTMLTextAreaElement>('Message').readOnly).toBe(true);
    await say('Hello?');
    expect(inRoom('general')).toBeUndefined();
    expect(field().value).toBe('Hello?');
  });

  // proves: shared.chat-text
  it('shows HTML and script as text', async () => {
    server.write('chat:room:general', [
      aMessage('<img src=x onerror=alert(1)>', { by: '<b>bo</b>' })
    ]);
    const { container } = open();
    await settle();
    expect(screen.getByText('<img src=x onerror=alert(1)>')).toBeTruthy();
    expect(screen.getByText('<b>bo</b>')).toBeTruthy();
    expect(container.querySelector('img, b')).toBeNull();
  });

  it('goes to a new line with Shift+Enter, and sends nothing that is empty', async () => {
    open();
    await settle();
    fireEvent.keyDown(field(), { key: 'Enter' });
    fireEvent.change(field(), { target: { value: 'one' } });
    fireEvent.keyDown(field(), { key: 'Enter', shiftKey: true });
    await settle();
    expect(inRoom('general')).toBeUndefined();
    fireEvent.submit(field().closest('form')!);
    await settle();
    expect(inRoom('general')).toHaveLength(1);
  });

  it('keeps what could not be sent, and says why', async () => {
    open();
    await settle();
    server.failures = [refusal(503, 'The server is away.')];
    await say('Hello');
    expect(screen.getByRole('alert').textContent).toBe('The server is away.');
    expect(field().value).toBe('Hello');
    await say('Hello');
    expect(screen.queryByRole('alert')).toBeNull();
    expect(inRoom('general')).toHaveLength(1);
  });

  // proves: shared.chat-many
  it('draws of a thousand messages those that can be seen, and keeps a thousand', async () => {
    const many = Array.from({ length: 1000 }, (_, at) => aMessage(`line ${at}`));
    server.write('chat:room:general', many);
    const { container } = open();
    await settle();
    expect(container.querySelectorAll('.crispdm-Chat-row').length).toBeLessThan(60);
    await say('one more');
    expect(inRoom('general')).toHaveLength(1000);
    expect(inRoom('general')[0].text).toBe('line 1');
  });

  it('gives away the older half of a room that holds too many characters', async () => {
    server.write(
      'chat:room:general',
      Array.from({ length: 10 }, (_, at) => aMessage(`${at}`))
    );
    open();
    await settle();
    server.failures = [refusal(413)];
    await say('new');
    expect(inRoom('general').map(({ text }) => text)).toEqual(['6', '7', '8', '9', 'new']);
  });

  it('tells those who listen what a colleague said, and not what was there before', async () => {
    server.write('chat:room:general', [aMessage('old')]);
    open();
    await settle();
    const heard = screen.getByRole('status');
    expect(heard.textContent).toBe('');
    act(() => void server.write('chat:room:general', [aMessage('old'), aMessage('news')]));
    await settle();
    expect(heard.textContent).toBe('bo: news');
  });

  it('says where nothing was said yet', async () => {
    open();
    await settle();
    expect(screen.getByText('Nothing was said here yet.')).toBeTruthy();
  });
});

describe('the rooms of a chat', () => {
  const rooms = () =>
    screen
      .getAllByRole('listitem')
      .map(item => item.querySelector('.crispdm-Chat-roomName')?.textContent)
      .filter(Boolean);

  // proves: shared.chat-rooms
  it('are made by a name, listed for everybody, and opened', async () => {
    const { onOpen, show } = open();
    await settle();
    fireEvent.change(screen.getByLabelText('Name of a new room'), { target: { value: ' Größe ' } });
    fireEvent.click(screen.getByText('Add'));
    await settle();
    expect(onOpen).toHaveBeenLastCalledWith('Größe');
    await show('Größe');
    expect(rooms()).toEqual(['Größe']);
    fireEvent.click(screen.getByRole('button', { name: 'Größe' }));
    expect(onOpen).toHaveBeenCalledTimes(2);
  });

  // proves: shared.chat-unread
  it('bear a mark where somebody else said something that was not read', async () => {
    const marked = () =>
      screen.queryAllByRole('img', { name: 'unread' }).map(mark => mark.parentElement!.textContent);
    server.write('chat:rooms', { 'line-3': { name: 'line-3' }, general: { name: 'General' } });
    server.write('chat:latest', {
      'line-3': { message: 'm1', by: 'bo' },
      general: { message: 'm2', by: 'bo' },
      mine: { message: 'm3', by: 'ann' }
    });
    server.write('chat:room:line-3', [aMessage('m1')]);
    const { show } = open();
    await settle();
    expect(marked()).toEqual(['line-3']);
    await show('line-3');
    await show('General');
    expect(marked()).toEqual([]);
    act(() => void server.write('chat:latest', { 'line-3': { message: 'm4', by: 'bo' } }));
    await settle();
    expect(marked()).toEqual(['line-3']);
  });

  it('are read with care: anybody may write there', () => {
    expect(readRooms({ a: { name: 'b' }, c: 7, d: null, e: { name: ' ' } }, 'x')).toEqual([
      { id: 'b', name: 'b' },
      { id: 'x', name: 'x' }
    ]);
    expect(readRooms('nonsense', 'x')).toHaveLength(1);
  });
});

describe('who writes in a room', () => {
  // proves: shared.chat-typing
  it('is told by name, for those who are in it', async () => {
    const presence = new FakePresence();
    const typing = (user: string, room = 'general') =>
      aVisitor({ session: user, user, selection: { typing: room } });
    open('ann', 'General', presence);
    await settle();
    const tell = async (...others: FakePresence['others']) => {
      presence.others = others;
      act(() => presence.changed.emit());
      await settle();
      return document.querySelector('.crispdm-Chat-typing')!.textContent;
    };
    expect(await tell(typing('bo'))).toBe('bo is writing…');
    expect(await tell(typing('bo'), typing('cy'))).toBe('bo and cy are writing…');
    expect(await tell(typing('bo'), typing('cy'), typing('di'))).toBe('3 people are writing…');
    expect(await tell(typing('bo', 'other'), typing('ann'), aVisitor())).toBe('');
  });

  it('is told of this page while somebody types, and no longer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { presence } = open();
    await settle();
    fireEvent.change(field(), { target: { value: 'a' } });
    fireEvent.change(field(), { target: { value: 'ab' } });
    expect(presence.moves).toEqual([{ selection: { typing: 'general' } }]);
    act(() => void vi.advanceTimersByTime(3100));
    expect(presence.moves.at(-1)).toEqual({ selection: null });
  });
});

describe('messages in a shared list', () => {
  it('are those that are whole', () => {
    const wrong = [null, 7, {}, { ...aMessage('x'), time: 'noon' }, { ...aMessage('x'), by: 7 }];
    expect(readMessages([...wrong, aMessage('good'), { ...aMessage('x'), text: 7 }])).toEqual([
      aMessage('good')
    ]);
    expect(readMessages({})).toEqual([]);
  });

  it('stand together when one person said them within five minutes', () => {
    const at = (time: string, by = 'bo') => aMessage(time, { time: `2026-11-${time}Z`, by });
    const shown = shownMessages([
      at('20T10:00:00'),
      at('21T10:00:00'),
      at('21T10:04:00'),
      at('21T10:04:30', 'ann'),
      at('21T10:20:00', 'ann')
    ]);
    expect(shown.map(({ isFirst }) => isFirst)).toEqual([true, true, false, true, true]);
    expect(shown.map(({ isNewDay }) => isNewDay)).toEqual([true, true, false, false, false]);
  });
});
