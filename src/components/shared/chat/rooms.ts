import { keyOf } from '../keys';

/** A room of the chat. Its id is made from its name: who makes one that is there already comes into that one. */
export interface IRoom {
  readonly id: string;
  readonly name: string;
}

export const LONGEST_ROOM = 80;

/** The rooms in a shared value, by name, with the one that is open; what is no room is left out. */
export function readRooms(value: unknown, open: string): readonly IRoom[] {
  const names = new Map([[keyOf(open), open.trim()]]);
  if (typeof value === 'object' && value !== null) {
    for (const room of Object.values(value).map(readRoom)) {
      if (room) {
        names.set(room.id, room.name);
      }
    }
  }
  return [...names]
    .map(([id, name]) => ({ id, name }))
    .sort((one, other) => one.name.localeCompare(other.name, undefined, { numeric: true }));
}

/** A room of this name. */
export function roomOf(name: string): IRoom {
  return { id: keyOf(name), name: name.trim().slice(0, LONGEST_ROOM) };
}

function readRoom(value: unknown): IRoom | null {
  const { name } = (value ?? {}) as Record<string, unknown>;
  return typeof name === 'string' && name.trim() !== '' ? roomOf(name) : null;
}
