import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import { useTrans } from '../../basics/context';
import { Composer } from './composer';
import { RoomList } from './list';
import type { IMessage } from './message';
import { MessageList } from './messages';
import type { IRoom } from './rooms';

/** What a chat shows, and what can be done in it. */
export interface IChat {
  readonly me: string;
  readonly rooms: readonly IRoom[];
  readonly open: IRoom;
  readonly unread: ReadonlySet<string>;
  readonly messages: readonly IMessage[];
  readonly isReady: boolean;
  /** Names of those who write in this room now. */
  readonly typing: readonly string[];
  /** Why something was not read or sent, in words; empty when all is well. */
  readonly error: string;
  readonly openRoom: (room: IRoom) => void;
  readonly createRoom: (name: string) => void;
  readonly send: (text: string) => Promise<void>;
  readonly tellTyping: () => void;
}

/** Rooms, and what is said in the one that is open. `topic` stands above it: everybody writes it together. */
export function Chat(props: {
  chat: IChat;
  topic: React.ReactNode;
  height: number;
}): React.JSX.Element {
  const { chat, topic, height } = props;
  const trans = useTrans();
  const { open, typing, error } = chat;
  return (
    <section className="crispdm-Card crispdm-Chat" aria-label={trans.__('Chat')} style={{ height }}>
      <div className="crispdm-Chat-frame">
        <RoomList {...chat} open={open.id} onOpen={chat.openRoom} onCreate={chat.createRoom} />
        <div className="crispdm-Chat-main">
          <h3 className="crispdm-Chat-title" title={open.name}>
            {open.name}
          </h3>
          <div className="crispdm-Chat-topic">{topic}</div>
          <MessageList key={open.id} {...chat} isBroken={error !== ''} />
          <p className="crispdm-Chat-typing">{told(trans, typing)}</p>
          {error && (
            <p className="crispdm-Error" role="alert">
              {error}
            </p>
          )}
          <Composer
            key={`${open.id} write`}
            isKnown={chat.me !== ''}
            onSend={chat.send}
            onTyping={chat.tellTyping}
          />
        </div>
      </div>
    </section>
  );
}

function told(trans: TranslationBundle, typing: readonly string[]): string {
  const [one, two] = typing;
  switch (typing.length) {
    case 0:
      return '';
    case 1:
      return trans.__('%1 is writing…', one);
    case 2:
      return trans.__('%1 and %2 are writing…', one, two);
    default:
      return trans.__('%1 people are writing…', typing.length);
  }
}
