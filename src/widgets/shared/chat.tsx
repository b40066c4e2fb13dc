import type { ReactElement } from 'react';
import React from 'react';
import { useTrans } from '../../components/basics/context';
import { Chat } from '../../components/shared/chat/chat';
import { topicKey, useChat } from '../../components/shared/chat/usechat';
import { useMe } from '../../components/shared/useme';
import { IPresence, IStates } from '../../tokens/state';
import { ISnapshots } from '../../tokens/snapshots';
import type { IWorkbench } from '../../tokens/workbench';
import { ReactView } from '../basics/react';
import { SharedText } from './text';

/** Rooms in which people talk. */
export class ChatView extends ReactView {
  protected body(workbench: IWorkbench): ReactElement {
    return (
      <SharedChat
        name={this.value('room')}
        height={this.value('height')}
        states={workbench.get(IStates)}
        presence={workbench.get(IPresence)}
        snapshots={workbench.get(ISnapshots)}
        onOpen={room => this.set({ room })}
      />
    );
  }
}

function SharedChat(props: {
  name: string;
  height: number;
  states: IStates;
  presence: IPresence;
  snapshots: ISnapshots;
  onOpen: (name: string) => void;
}): React.JSX.Element {
  const { height, snapshots, states } = props;
  const me = useMe(() => snapshots.me());
  const chat = useChat({ ...props, me });
  const key = topicKey(chat.open);
  return (
    <Chat chat={chat} height={height} topic={<Topic key={key} states={states} name={key} />} />
  );
}

/** What a room is about: a line that everybody writes together. */
function Topic(props: { states: IStates; name: string }): React.JSX.Element {
  const trans = useTrans();
  return (
    <SharedText
      {...props}
      label={trans.__('Topic')}
      placeholder={trans.__('What is this room about?')}
      rows={1}
    />
  );
}
