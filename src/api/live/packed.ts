import type { IFrame } from './frames';

/**
 * Messages of curves in few bytes: binary frames, as `base/live/core/packed.py` writes them.
 *
 * All numbers are little-endian; not-a-number and the infinities are what they are.
 */
const KIND = 1;
const RESET = 1;
const HEAD = 18;
const NUMBER = 8;
const WIDE = 1;
const SEVERAL = 2;
const RESTARTS = 4;
const HIGH = 2 ** 32;

/** A curve of a packed message. */
export interface IPackedCurve {
  step: Float64Array;
  value: Float64Array;
  time: Float64Array;
  restarts: number[];
}

/** What stands for a topic in packed messages: the CRC-32 of its name. */
export function keyOf(topic: string): number {
  let crc = ~0;
  for (const byte of new TextEncoder().encode(topic)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
  }
  return ~crc >>> 0;
}

/** The frame in bytes that the socket brought; null for what is none, and for a topic that nobody knows. */
export function readPacked(
  buffer: ArrayBuffer,
  topicOf: (key: number) => string | undefined
): IFrame | null {
  try {
    const reader = new Reader(buffer);
    const head = reader.head();
    const topic = topicOf(head.key);
    return topic === undefined ? null : { topic, ...frameOf(reader, head) };
  } catch {
    return null; // it ends too early, or is of a kind that a newer server writes
  }
}

interface IHead {
  flags: number;
  key: number;
  epoch: string;
  seq: number;
}

function frameOf(reader: Reader, { epoch, seq, flags }: IHead): Omit<IFrame, 'topic'> {
  const curves: [string, IPackedCurve][] = [];
  while (!reader.isAtEnd) {
    curves.push([reader.name(), reader.curve()]);
  }
  const series = Object.fromEntries(curves);
  return { epoch, seq, data: { series, cursor: seq, ...(flags & RESET && { reset: true }) } };
}

class Reader {
  constructor(private readonly _buffer: ArrayBuffer) {
    this._view = new DataView(_buffer);
  }

  get isAtEnd(): boolean {
    return this._at >= this._buffer.byteLength;
  }

  head(): IHead {
    if (this._view.getUint8(0) !== KIND) {
      throw new RangeError('not a packed message');
    }
    this._at = HEAD;
    return {
      flags: this._view.getUint8(1),
      key: this._view.getUint32(2, true),
      epoch: this._long(6).toString(16),
      seq: this._long(12)
    };
  }

  name(): string {
    this._form = this._view.getUint8(this._at);
    const length = this._view.getUint8(this._at + 1);
    const bytes = new Uint8Array(this._buffer, this._at + 2, length);
    this._at += 2 + length;
    return new TextDecoder().decode(bytes);
  }

  /** The curve whose name was read last. */
  curve(): IPackedCurve {
    const count = this._form & SEVERAL ? this._whole(4) : 1;
    const restarts = this._form & RESTARTS ? this._places() : [];
    const step = this._form & WIDE ? this._numbers(count) : this._narrow(count);
    return { step, value: this._numbers(count), time: this._numbers(count), restarts };
  }

  private _places(): number[] {
    return Array.from({ length: this._whole(2) }, () => this._whole(4));
  }

  private _whole(size: 2 | 4): number {
    const at = this._at;
    this._at += size;
    return size === 2 ? this._view.getUint16(at, true) : this._view.getUint32(at, true);
  }

  private _long(at: number): number {
    return this._view.getUint32(at, true) + this._view.getUint16(at + 4, true) * HIGH;
  }

  private _narrow(count: number): Float64Array {
    const found = new Float64Array(Math.min(count, this._buffer.byteLength));
    for (let index = 0; index < count; index++) {
      found[index] = this._view.getInt32(this._at, true);
      this._at += 4;
    }
    return found;
  }

  private _numbers(count: number): Float64Array {
    const end = this._at + count * NUMBER;
    const found = new Float64Array(this._buffer.slice(this._at, end));
    if (found.length !== count) {
      throw new RangeError('too short');
    }
    this._at = end;
    return found;
  }

  private readonly _view: DataView;
  private _at = 0;
  private _form = 0;
}
