/** What somebody said in a room. */
export interface IMessage {
  readonly id: string;
  readonly by: string;
  /** ISO 8601. */
  readonly time: string;
  readonly text: string;
}

/** A message as it is shown: those that one person said one after the other stand together. */
export interface IShownMessage extends IMessage {
  /** Whether the name and the time stand above it. */
  readonly isFirst: boolean;
  /** Whether it is the first of its day. */
  readonly isNewDay: boolean;
}

/** Messages of one person that are so close stand together, in milliseconds. */
const TOGETHER = 5 * 60_000;
const LONGEST_NAME = 200;

/** The messages in a shared list; what is none is left out: anybody may write there. */
export function readMessages(value: unknown): readonly IMessage[] {
  return Array.isArray(value) ? value.map(readMessage).filter(one => one !== null) : [];
}

function readMessage(value: unknown): IMessage | null {
  const { id, by, time, text } = (value ?? {}) as Record<string, unknown>;
  const isNamed = isText(id) && isText(by) && by.length <= LONGEST_NAME;
  return isNamed && isText(time) && isText(text) && !Number.isNaN(Date.parse(time))
    ? { id, by, time, text }
    : null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Messages with what stands above them. */
export function shownMessages(messages: readonly IMessage[]): readonly IShownMessage[] {
  return messages.map((message, at) => {
    const before = at > 0 ? messages[at - 1] : null;
    const isNewDay = before === null || dayOf(before.time) !== dayOf(message.time);
    const pause = before ? Date.parse(message.time) - Date.parse(before.time) : Infinity;
    const isFirst = isNewDay || before?.by !== message.by || pause > TOGETHER;
    return { ...message, isFirst, isNewDay };
  });
}

function dayOf(time: string): string {
  return new Date(time).toDateString();
}
