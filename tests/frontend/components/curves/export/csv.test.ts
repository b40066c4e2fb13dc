import { describe, expect, it } from 'vitest';
import { csvOf } from '../../../../../src/components/curves/export/csv';
import { Curve } from '../../../../../src/managers/metrics/curve';

function curve(value: (number | string | null)[], time: (number | null)[]): Curve {
  const made = new Curve();
  made.append({ step: value.map((_, at) => at), value, time });
  return made;
}

describe('csvOf', () => {
  it('has a row for each point, the time in UTC', () => {
    const text = csvOf([['loss', curve([0.5, 1e-7], [1764442800, null])]]);
    expect(text).toBe(
      'name,step,time,value\r\nloss,0,2025-11-29T19:00:00.000Z,0.5\r\nloss,1,,1e-7\r\n'
    );
  });

  it('writes what is no number as pandas reads it', () => {
    const values = csvOf([['x', curve([null, 'Infinity', '-Infinity'], [0, 0, 0])]]);
    expect(values.match(/(nan|inf|-inf)\r/g)).toEqual(['nan\r', 'inf\r', '-inf\r']);
  });

  it('keeps a name from being read as several columns, or as a formula', () => {
    expect(csvOf([['a,"b"', curve([1], [null])]])).toContain('"a,""b""",0,,1');
    expect(csvOf([['=HYPERLINK(1)', curve([1], [null])]])).toContain("'=HYPERLINK(1),0,,1");
    expect(csvOf([['a\nb', curve([1], [null])]])).toContain('"a\nb",0');
  });

  it('leaves a time alone that no calendar has', () => {
    expect(csvOf([['x', curve([1], [1e300])]])).toContain('x,0,,1');
  });
});
