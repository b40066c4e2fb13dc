import React, { useState } from 'react';
import { useTrans } from '../../basics/context';
import type { IRoom } from './rooms';
import { LONGEST_ROOM } from './rooms';

/** The rooms, which of them is open, and which have something that was not read. */
export function RoomList(props: {
  rooms: readonly IRoom[];
  open: string;
  unread: ReadonlySet<string>;
  onOpen: (room: IRoom) => void;
  onCreate: (name: string) => void;
}): React.JSX.Element {
  const { rooms, open, unread, onOpen, onCreate } = props;
  const trans = useTrans();
  return (
    <nav className="crispdm-Chat-side" aria-label={trans.__('Rooms')}>
      <ul className="crispdm-Chat-rooms">
        {rooms.map(room => (
          <li key={room.id}>
            <button
              className="crispdm-Chat-room"
              title={room.name}
              aria-current={room.id === open || undefined}
              onClick={() => onOpen(room)}
            >
              <span className="crispdm-Chat-roomName">{room.name}</span>
              {unread.has(room.id) && (
                <span className="crispdm-Chat-unread" role="img" aria-label={trans.__('unread')} />
              )}
            </button>
          </li>
        ))}
      </ul>
      <NewRoom onCreate={onCreate} />
    </nav>
  );
}

function NewRoom({ onCreate }: { onCreate: (name: string) => void }): React.JSX.Element {
  const trans = useTrans();
  const [name, setName] = useState('');
  const create = (event: React.FormEvent): void => {
    event.preventDefault();
    if (name.trim()) {
      onCreate(name.trim());
      setName('');
    }
  };
  return (
    <form className="crispdm-Chat-newRoom" onSubmit={create}>
      <input
        className="crispdm-Input"
        value={name}
        maxLength={LONGEST_ROOM}
        placeholder={trans.__('New room')}
        aria-label={trans.__('Name of a new room')}
        onChange={event => setName(event.target.value)}
      />
      <button className="crispdm-Button" disabled={!name.trim()}>
        {trans.__('Add')}
      </button>
    </form>
  );
}
