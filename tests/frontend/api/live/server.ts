import type { Command, Epoch, IFrame } from '../../../../src/api/live/frames';
import { isObject } from '../../../../src/api/live/frames';

/** One message of a topic as a server that knows everything would send it. */
export interface INext {
  seq: number;
  data: object;
  epoch?: Epoch;
}

/** A topic: how it changes, and what comes next for who has seen all until a number. */
export interface ITopic {
  change(pick: number): void;
  /** The server starts anew: it may number from a lower place. */
  restart(): void;
  next(since: number | null, epoch: Epoch | null): INext | null;
}

const FIRST = 1_000_000;

/** Where a server that starts anew numbers from: lower, and with no number that was there before. */
function lower(seq: number): number {
  return seq - (seq % 1000) - 1000;
}

/** The newest value only. */
export class Value implements ITopic {
  value = 0;
  private _seq = FIRST;

  change(): void {
    this.value++;
    this._seq++;
  }
  restart(): void {
    this._seq = lower(this._seq);
  }
  next(since: number | null): INext | null {
    return since === this._seq ? null : { seq: this._seq, data: { value: this.value } };
  }
}

/** Rows by key, conflated, with few tombstones. */
export class Table implements ITopic {
  readonly rows = new Map<string, { seq: number; value: number }>();
  private _seq = FIRST;
  private _gone: { id: string; seq: number }[] = [];
  private _since = FIRST;

  change(pick: number): void {
    const id = `row ${pick % 4}`;
    this._seq++;
    this._gone = this._gone.filter(one => one.id !== id);
    if (pick % 3 === 0 && this.rows.delete(id)) {
      this._gone.push({ id, seq: this._seq });
      this._since = this._gone.length > 2 ? this._gone.shift()!.seq : this._since;
    } else {
      this.rows.set(id, { seq: this._seq, value: pick });
    }
  }
  restart(): void {
    this._seq = this._since = lower(this._seq);
    this._gone = [];
    this.rows.forEach(row => (row.seq = this._seq));
  }
  next(since: number | null): INext | null {
    if (since === null || since < this._since || since > this._seq) {
      const rows = [...this.rows].map(([id, { value }]) => ({ id, value }));
      return { seq: this._seq, data: { rows, ...(since !== null && { gap: true }) } };
    }
    const changed = [...this.rows].map(([id, { seq, value }]) => ({
      seq,
      data: { row: { id, value } }
    }));
    const gone = this._gone.map(({ id, seq }) => ({ seq, data: { deleted: id } }));
    const news = [...changed, ...gone].filter(({ seq }) => seq > since);
    return news.sort((a, b) => a.seq - b.seq)[0] ?? null;
  }
}

/** Text that grows, and is begun anew in another epoch. */
export class Log implements ITopic {
  text = '';
  epoch = 0;

  change(pick: number): void {
    if (pick % 10 === 0) {
      this.epoch++;
      this.text = '';
    }
    this.text += `line ${pick}${pick % 2 ? '\n' : ''}`;
  }
  restart(): void {}
  next(since: number | null, epoch: Epoch | null): INext | null {
    const isNew = since === null || epoch !== this.epoch;
    const start = isNew ? 0 : since;
    const text = this.text.slice(start, start + 7);
    if (text === '' && !(isNew && since !== null)) {
      return null;
    }
    const reset = isNew && since !== null ? { reset: true } : {};
    const end = start + text.length;
    return { seq: end, data: { text, start, end, ...reset }, epoch: this.epoch };
  }
}

/** Points of two curves, in the order in which they were logged. */
export class Metrics implements ITopic {
  points: { name: string; value: number }[] = [];
  epoch = 0;

  change(pick: number): void {
    if (pick % 10 === 0) {
      this.epoch++;
      this.points = [];
    }
    this.points.push({ name: pick % 2 ? 'loss' : 'iou', value: pick });
  }
  restart(): void {}
  next(since: number | null, epoch: Epoch | null): INext | null {
    const isNew = since === null || epoch !== this.epoch;
    const start = isNew ? 0 : since;
    const taken = this.points.slice(start, start + 3);
    if (taken.length === 0 && !isNew) {
      return null;
    }
    const cursor = start + taken.length;
    const reset = isNew && since !== null ? { reset: true } : {};
    return {
      seq: cursor,
      data: { series: this._series(taken, start), cursor, ...reset },
      epoch: this.epoch
    };
  }
  values(name: string): number[] {
    return this.points.filter(point => point.name === name).map(({ value }) => value);
  }
  private _series(points: typeof this.points, start: number): object {
    const series: Record<string, { step: number[]; value: number[]; time: number[] }> = {};
    points.forEach(({ name, value }, index) => {
      series[name] ??= { step: [], value: [], time: [] };
      series[name].step.push(start + index);
      series[name].value.push(value);
      series[name].time.push(0);
    });
    return series;
  }
}

interface IPump {
  since: number | null;
  epoch: Epoch | null;
}

/** The server's end of one socket: it keeps the order of what it is told and of what it tells. */
export class ServerEnd {
  readonly commands: Command[] = [];
  readonly frames: IFrame[] = [];
  readonly pumps = new Map<string, IPump>();
  /** How often a topic was asked for that was followed already. */
  doubles = 0;

  constructor(private readonly _topics: ReadonlyMap<string, ITopic>) {}

  /** Take one command. */
  obey(): boolean {
    const command = this.commands.shift();
    if (command && 'subscribe' in command) {
      this.doubles += this.pumps.has(command.subscribe) ? 1 : 0;
      this.pumps.set(command.subscribe, { since: command.since, epoch: command.epoch ?? null });
    } else if (command && 'unsubscribe' in command) {
      this.pumps.delete(command.unsubscribe);
      this.frames.push({ topic: command.unsubscribe, left: true });
    }
    return command !== undefined;
  }

  /** Send the next message of a topic to who follows it. */
  pump(topic: string): boolean {
    const pump = this.pumps.get(topic);
    const next = pump && this._topics.get(topic)?.next(pump.since, pump.epoch);
    if (!pump || !next) {
      return false;
    }
    pump.since = next.seq;
    pump.epoch = next.epoch ?? null;
    this.frames.push({ topic, ...next });
    return true;
  }
}

/** Whether a frame brings something, so that it could come twice. */
export function bringsData(frame: IFrame): boolean {
  return isObject(frame.data);
}
