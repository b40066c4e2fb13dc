import { describe, expect, it } from 'vitest';
import {
  assignmentsIn,
  parametersOf,
  withTyped
} from '../../../../src/components/run/notebookparameters';
import { readFields } from '../../../../src/components/run/parametervalues';
import { emptyForm, nameFor } from '../../../../src/components/run/values';
import { trans } from '../../support';

const cell = (source: string | string[], tags: unknown = ['parameters'], cell_type = 'code') => ({
  cell_type,
  source,
  metadata: { tags }
});
const values = (source: string) =>
  Object.fromEntries(
    assignmentsIn(source).map(({ name, kind, value }) => [name, `${kind} ${value}`])
  );

describe('parametersOf', () => {
  // proves: ui.run-form
  it('reads the cell that is tagged, whether its source is a text or lines', () => {
    const cells = [cell('x = 1', ['setup']), cell('y = 2', ['parameters'], 'markdown')];
    expect(parametersOf({ cells: [...cells, cell(['lr = 0.1\n', 'n = 5'])] })).toMatchObject([
      { name: 'lr', kind: 'number', value: '0.1', standard: '0.1' },
      { name: 'n', kind: 'number', value: '5', standard: '5' }
    ]);
    expect(parametersOf({ cells })).toEqual([]);
  });

  it.each([
    null,
    undefined,
    'x',
    {},
    { cells: 3 },
    { cells: [null, 1, {}, cell('x = 1', 'parameters')] }
  ])('takes %j for a notebook without parameters', notebook =>
    expect(parametersOf(notebook)).toEqual([])
  );
});

describe('assignmentsIn', () => {
  it('keeps the kinds and writings of Python values', () =>
    expect(
      values(`
# what can be changed
rate: float = 1.0  # a comment
epochs = 1_000
small = 1e-3
net = "u'net"
path = 'a\\\\b\\n'
text = """two
lines"""
flag = True
none = None
layers = [16, 32,  # the first two
          64]
pair = (1, 2)
one = (3)
table = {"a": 1, 'b': [True, None]}
minus = -5;
`)
    ).toEqual({
      rate: 'number 1.0',
      epochs: 'number 1000',
      small: 'number 1e-3',
      net: "text u'net",
      path: 'text a\\b\n',
      text: 'text two\nlines',
      flag: 'boolean true',
      none: 'json null',
      layers: 'json [16,32,64]',
      pair: 'json [1,2]',
      one: 'number 3',
      table: 'json {"a":1,"b":[true,null]}',
      minus: 'number -5'
    }));

  it('leaves out what would have to be run, and what stands deeper', () =>
    expect(
      values(`
a = 2 + 3
b = len("x")
c = other
d == 4
e = f"{a}"
f = 12345678901234567890
if True:
    g = 1
h = 1; i = 2
j = "not closed
k = [1, 2
`)
    ).toEqual({}));

  it('takes the last value of a name, or none where that is computed', () =>
    expect(values('a = 1\nb = 1\na = 2\nb = f(1)\n')).toEqual({ a: 'number 2' }));

  it('reads other languages too', () =>
    expect(
      values('rate <- 0.5\nflag <- TRUE\nconst n = 3;\nlet word = "x"; // said\nv <- NULL\n')
    ).toEqual({
      rate: 'number 0.5',
      flag: 'boolean true',
      n: 'number 3',
      word: 'text x',
      v: 'json null'
    }));

  it('is quick with a source that is long or strange', () => {
    expect(assignmentsIn('x = ' + '['.repeat(100_000))).toEqual([]);
    expect(assignmentsIn('x: ' + 'a '.repeat(50_000))).toEqual([]);
    expect(assignmentsIn('a'.repeat(200_000))).toEqual([]);
  });
});

describe('what is sent', () => {
  const fields = assignmentsIn('lr = 1.0\nnet = "unet"\n');

  it('is only what differs from the notebook', () => {
    expect(readFields(fields, trans)).toEqual({});
    const changed = fields.map(one => (one.name === 'lr' ? { ...one, value: '0.5' } : one));
    expect(readFields(changed, trans)).toEqual({ lr: 0.5 });
  });

  it('is what was typed the last time, unless it was left as the notebook had it', () => {
    const last = [
      { name: 'lr', kind: 'number', value: '0.5', standard: '0.1' },
      { name: 'net', kind: 'text', value: 'old', standard: 'old' },
      { name: 'gone', kind: 'number', value: '2', standard: '1' },
      { name: 'own', kind: 'auto', value: '3' }
    ] as const;
    expect(withTyped(fields, last)).toMatchObject([
      { name: 'lr', value: '0.5', standard: '1.0' },
      { name: 'net', value: 'unet' },
      { name: 'own', value: '3' }
    ]);
  });
});

// proves: jobs.names
describe('the name of a job', () => {
  it.each([
    ['a/train.py', 'train'],
    ['deep/my.model.ipynb', 'my.model'],
    ['.hidden', '.hidden'],
    ['', '']
  ])('of %s is “%s”', (path, name) => expect(nameFor(path)).toBe(name));

  it('stands in the form', () => expect(emptyForm('a/train.py').name).toBe('train'));
});
