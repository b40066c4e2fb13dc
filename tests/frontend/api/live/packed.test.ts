import { describe, expect, it } from 'vitest';
import { keyOf, readPacked } from '../../../../src/api/live/packed';
import { CurvesFold } from '../../../../src/managers/metrics/metrics';
import type { MetricsFact } from '../../../../src/api';

/** What tests/unit/base/live/core/test_packed.py writes. */
const GOLDEN =
  '0101727291b256f4de23c1ab0c000000000000046c6f737303000000000000000000e03f00001040fc54d941070676616c2fc3a90200000001' +
  '0001000000000000000000f03f0000000000007042000000000000f87f000000000000f07f000000000000f03f0000000000000040';
const TOPIC = 'jobs/one/metrics';

function bytes(hex: string): ArrayBuffer {
  return Uint8Array.from(hex.match(/../g)!, pair => parseInt(pair, 16)).buffer;
}

const topicOf = (key: number): string | undefined => (key === keyOf(TOPIC) ? TOPIC : undefined);

interface IData {
  series: Record<string, Record<'step' | 'value' | 'time' | 'restarts', ArrayLike<number>>>;
}

describe('readPacked', () => {
  // proves: columns.wire
  it('reads what the server writes', () => {
    const frame = readPacked(bytes(GOLDEN), topicOf)!;
    expect(frame).toMatchObject({ topic: TOPIC, seq: 12, epoch: 'abc123def456' });
    expect(frame.data).toMatchObject({ cursor: 12, reset: true });
    const { series } = frame.data as IData;
    const plain = Object.entries(series).map(([name, one]) => [
      name,
      ...[one.step, one.value, one.time, one.restarts].map(column => Array.from(column))
    ]);
    expect(plain).toEqual([
      ['loss', [3], [0.5], [1_700_000_000.25], []],
      ['val/é', [1, 2 ** 40], [NaN, Infinity], [1, 2], [1]]
    ]);
  });

  it('is taken over by the curves as it came', () => {
    const curves = new CurvesFold();
    curves.take(readPacked(bytes(GOLDEN), topicOf)!.data as MetricsFact, true);
    expect([...curves.series.get('val/é')!.value]).toEqual([NaN, Infinity]);
    expect(curves.series.get('val/é')!.restarts).toEqual([1]);
  });

  it('reads nothing of a topic that nobody knows', () => {
    expect(readPacked(bytes(GOLDEN), () => undefined)).toBeNull();
  });

  it('reads nothing of a message that is cut off, and of one of another kind', () => {
    for (let length = 0; length < GOLDEN.length; length += 2) {
      const frame = readPacked(bytes(GOLDEN).slice(0, length / 2), topicOf);
      const isWhole = [18, 18 + 6 + 20].includes(length / 2);
      expect([length / 2, frame !== null]).toEqual([length / 2, isWhole]);
    }
    expect(readPacked(bytes(`02${GOLDEN.slice(2)}`), topicOf)).toBeNull();
  });

  it('asks for no memory that a broken count would need', () => {
    const broken = `${GOLDEN.slice(0, 36)}020461616161ffffffff`;
    expect(readPacked(bytes(broken), topicOf)).toBeNull();
  });
});

describe('keyOf', () => {
  it('is the CRC-32 of the name', () => {
    expect([keyOf(''), keyOf('123456789'), keyOf('é')]).toEqual([0, 0xcbf43926, 0x0e048d3e]);
  });
});
