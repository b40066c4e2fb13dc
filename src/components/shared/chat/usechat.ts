import { useCallback, useEffect, useMemo, useState } from 'react';
import { ApiError, messageOf } from '../../../api';
import type { IPresence, IState, IStates } from '../../../tokens/state';
import { newId } from '../../../api/state/ids';
import { useShared } from '../useshared';
import type { IChat } from './chat';
import type { IMessage } from './message';
import { readMessages } from './message';
import type { IRoom } from './rooms';
import { readRooms, roomOf } from './rooms';
import { useTyping } from './usetyping';
import { useUnread } from './useunread';

/** So many messages of a room are kept. */
export const KEPT = 1000;
/** A room that holds too many characters gives away its older half. */
const TOO_LARGE = 413;

/** Where the newest message of each room is known, and the rooms themselves. */
export const ROOMS = 'chat:rooms';
export const LATEST = 'chat:latest';

/** The key of what is said in a room, and of its topic. */
export const messagesKey = (room: IRoom): string => `chat:room:${room.id}`;
export const topicKey = (room: IRoom): string => `chat:topic:${room.id}`;

/** A chat over shared values, as its view needs it. `name` is the room that is open. */
export function useChat(props: {
  states: IStates;
  presence: IPresence;
  me: string;
  name: string;
  onOpen: (name: string) => void;
}): IChat {
  const { states, presence, me, name, onOpen } = props;
  const open = useMemo(() => roomOf(name), [name]);
  const rooms = useShared<Record<string, object>>(states, ROOMS);
  const latest = useShared<Record<string, object>>(states, LATEST);
  const said = useShared<readonly unknown[]>(states, messagesKey(open));
  const messages = useMemo(() => readMessages(said?.value), [said?.value]);
  const [failure, setFailure] = useState('');
  useEffect(() => setFailure(''), [open.id]);
  const unread = useUnread({ latest: latest?.value, open: open.id, last: messages.at(-1)?.id, me });
  const typing = useTyping(presence, open.id, me);
  const send = useCallback(
    async (text: string) => {
      const message = { id: newId(), by: me, time: new Date().toISOString(), text };
      try {
        await say(said, message);
        setFailure('');
      } catch (reason) {
        setFailure(messageOf(reason));
        throw reason;
      }
      typing.stop();
      // Whoever does not hear of it sees no mark, and the message all the same.
      latest?.update({ [open.id]: { message: message.id, by: me } }).catch(() => undefined);
    },
    [said, latest, me, open.id, typing]
  );
  const createRoom = (wish: string): void => {
    const room = roomOf(wish);
    rooms?.update({ [room.id]: { name: room.name } }).catch(why => setFailure(messageOf(why)));
    onOpen(room.name);
  };
  return {
    me,
    rooms: useMemo(() => readRooms(rooms?.value, name), [rooms?.value, name]),
    open,
    unread,
    messages,
    isReady: said?.isReady ?? false,
    typing: typing.names,
    error: failure || said?.error || rooms?.error || '',
    openRoom: room => onOpen(room.name),
    createRoom,
    send,
    tellTyping: typing.tell
  };
}

async function say(said: IState<readonly unknown[]> | null, message: IMessage): Promise<void> {
  try {
    await said?.append([message], KEPT);
  } catch (reason) {
    if (!(reason instanceof ApiError && reason.status === TOO_LARGE)) {
      throw reason;
    }
    const half = Math.max(1, Math.floor((said?.value?.length ?? 0) / 2));
    await said?.append([message], half);
  }
}
