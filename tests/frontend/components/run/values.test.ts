import { describe, expect, it } from 'vitest';
import type { Submission } from '../../../../src/api';
import { newJobId } from '../../../../src/components/run/jobid';
import type { IParameter } from '../../../../src/components/run/parametervalues';
import {
  fieldsFromLines,
  fieldsOf,
  readFields
} from '../../../../src/components/run/parametervalues';
import type { IRunValues } from '../../../../src/components/run/values';
import {
  changesOf,
  emptyForm,
  formOf,
  readForm,
  withoutDefaults
} from '../../../../src/components/run/values';
import { quantityOf, SIZES, valueOf } from '../../../../src/components/basics/units';
import { trans } from '../../support';

const GIB = 2 ** 30;

function read(values: IRunValues): Submission {
  const outcome = readForm(values, trans);
  if ('errors' in outcome) {
    throw new Error(JSON.stringify(outcome.errors));
  }
  return outcome.job;
}

describe('readForm', () => {
  const values = { ...emptyForm('a/x.py'), environment: 'e1' };

  it('says only what was chosen', () => {
    expect(withoutDefaults(read(values))).toEqual({
      script: 'a/x.py',
      name: 'x',
      environment: 'e1'
    });
    expect(withoutDefaults(read(emptyForm('x.ipynb')))).toEqual({ notebook: 'x.ipynb', name: 'x' });
  });

  it('reads every field', () => {
    const job = read({
      ...values,
      name: ' sweep ',
      args: '--epochs 5',
      cwd: 'a',
      timeout: '1h30m',
      retries: '2',
      retry_delay: '30s',
      cpus: '4',
      gpus: '1',
      memory: { amount: '1.5', unit: 'GiB' },
      tags: 'unet, nightly,, unet',
      notify: 'failure',
      after: ['j1']
    });
    expect(job).toMatchObject({
      name: 'sweep',
      args: ['--epochs', '5'],
      cwd: 'a',
      timeout: 5400,
      retries: 2,
      retry_delay: 30,
      cpus: 4,
      gpus: 1,
      memory: 1.5 * GIB,
      tags: ['unet', 'nightly'],
      notify: 'failure',
      after: ['j1']
    });
  });

  it('says beside each field what is wrong', () => {
    const wrong = {
      ...values,
      path: '',
      command: ' ',
      name: 'n'.repeat(101),
      args: '"',
      parameters: [{ name: '', kind: 'auto', value: '1' }] as const,
      timeout: 'long',
      retries: '-1',
      cpus: '0',
      gpus: '',
      memory: { amount: '-2', unit: 'GiB' }
    };
    const outcome = readForm(wrong, trans);
    expect(Object.keys('errors' in outcome ? outcome.errors : {}).sort()).toEqual(
      'args command cpus gpus memory name parameters retries timeout'.split(' ')
    );
  });

  it('comes back from a submission as it was', () => {
    const submission: Submission = {
      command: ['python', 'my file.py'],
      environment: 'e1',
      parameters: { lr: 0.1, name: '5', flag: true, layers: [1, 2], none: null },
      timeout: 90,
      memory: 2 * GIB,
      retries: 1,
      tags: ['a', 'b'],
      after: ['j1']
    };
    expect(withoutDefaults(read(formOf(submission)))).toEqual(submission);
  });

  it('keeps alerts as they are, however much of them was said, and tells of others', () => {
    const nan = { when: 'nan', metric: '', then: 'notice' } as const;
    const submission = { script: 'x.py', alerts: [nan] } as unknown as Submission;
    const form = formOf(submission);
    expect(changesOf(read(form), submission)).toEqual({});
    const [rule] = form.alerts;
    const changed = read({ ...form, alerts: [{ ...rule, then: 'stop' }] });
    expect(changesOf(changed, submission).alerts).toMatchObject([{ when: 'nan', then: 'stop' }]);
    expect(changesOf(read({ ...form, alerts: [] }), submission)).toEqual({ alerts: [] });
    const wrong = readForm({ ...form, alerts: [{ ...rule, when: 'above' }] }, trans);
    expect('errors' in wrong && wrong.errors).toEqual({ alerts: 'Alert 1: say for which metric.' });
  });

  it('tells only what was changed, also that something was taken away', () => {
    const submission: Submission = { script: 'x.py', memory: GIB, tags: ['a'], timeout: 60 };
    const form = formOf(submission);
    expect(changesOf(read(form), submission)).toEqual({});
    const changed = { ...form, memory: { amount: '', unit: 'GiB' }, tags: '', cpus: '2' };
    expect(changesOf(read(changed), submission)).toEqual({ memory: null, tags: [], cpus: 2 });
  });
});

describe('parameters', () => {
  const one = (kind: IParameter['kind'], value: string) =>
    readFields([{ name: ' p ', kind, value }], trans).p;

  it.each<[IParameter['kind'], string, unknown]>([
    ['auto', '0.1', 0.1],
    ['auto', ' unet ', 'unet'],
    ['auto', '[1, 2]', [1, 2]],
    ['auto', 'true', true],
    ['auto', 'null', null],
    ['auto', '-3', -3],
    ['auto', '1e-3', 0.001],
    ['auto', '2.5e-4', 0.00025],
    ['auto', '0.00001', 0.00001],
    ['auto', '1e-7', 1e-7],
    ['auto', '"5"', '5'],
    ['auto', '831877e8', '831877e8'],
    ['auto', '12345e678', '12345e678'],
    ['auto', '[1, 2e999]', '[1, 2e999]'],
    ['auto', '007', '007'],
    ['auto', '1_000', '1_000'],
    ['auto', '1e3', '1e3'],
    ['auto', '10e-4', '10e-4'],
    ['auto', '1.10', '1.10'],
    ['auto', 'NaN', 'NaN'],
    ['auto', 'Infinity', 'Infinity'],
    ['auto', '+5', '+5'],
    ['auto', ' 5', '5'],
    ['auto', '-0', '-0'],
    ['auto', '12345678901234567890123', '12345678901234567890123'],
    ['text', '5', '5'],
    ['number', '1e-3', 0.001],
    ['boolean', 'true', true],
    ['boolean', 'x', false],
    ['json', '{"a": null}', { a: null }]
  ])('reads the %s “%s”', (kind, text, value) => expect(one(kind, text)).toEqual(value));

  it.each<[IParameter['kind'], string]>([
    ['number', ''],
    ['number', 'many'],
    ['json', '[1,']
  ])('refuses the %s “%s”', (kind, text) => expect(() => one(kind, text)).toThrow('p'));

  it('refuses a name that is there twice, and leaves out what is empty', () => {
    const field: IParameter = { name: 'a', kind: 'auto', value: '1' };
    expect(readFields([field, { ...field, name: ' ', value: '' }], trans)).toEqual({ a: 1 });
    expect(() => readFields([field, field], trans)).toThrow('“a” is there twice');
  });

  it.each(['constructor', 'toString', '__proto__'])('keeps a parameter that is called %s', name => {
    const read = readFields([{ name, kind: 'auto', value: '3' }], trans);
    expect(JSON.stringify(read)).toBe(`{"${name}":3}`);
    expect(fieldsOf(read)).toEqual([{ name, kind: 'number', value: '3' }]);
    expect(changesOf({ parameters: read }, {})).toEqual({ parameters: read });
  });

  it('has a field of its kind for each value', () => {
    const fields = fieldsOf({ lr: 0.1, net: 'unet', flag: false, layers: [1] });
    expect(fields.map(({ kind, value }) => `${kind} ${value}`)).toEqual([
      'number 0.1',
      'text unet',
      'boolean false',
      'json [1]'
    ]);
  });

  it('takes pasted lines apart', () => {
    expect(fieldsFromLines('lr = 0.1\n\nurl=a=b\nbatch: 32\n')).toMatchObject([
      { name: 'lr', value: '0.1' },
      { name: 'url', value: 'a=b' },
      { name: 'batch', value: '32' }
    ]);
    expect(fieldsFromLines('just a name')).toBeNull();
    expect(fieldsFromLines('')).toBeNull();
  });
});

describe('quantities', () => {
  it.each([
    [null, '', 'GiB'],
    [0, '', 'GiB'],
    [512 * 2 ** 20, '512', 'MiB'],
    [3 * 2 ** 30, '3', 'GiB'],
    [2 ** 40, '1', 'TiB']
  ])('writes %s bytes as %s %s', (value, amount, unit) => {
    expect(quantityOf(value, SIZES, 'GiB')).toEqual({ amount, unit });
    expect(valueOf({ amount, unit }, SIZES)).toBe(value || null);
  });

  it('knows what is no size', () => {
    expect(valueOf({ amount: '2', unit: 'GiB' }, SIZES)).toBe(2 * GIB);
    ['x', '-1', 'Infinity'].forEach(amount =>
      expect(valueOf({ amount, unit: 'GiB' }, SIZES)).toBeNaN()
    );
  });
});

describe('newJobId', () => {
  it('tells when it was made, and is new each time', () => {
    const now = new Date('2026-11-21T16:49:24Z');
    const ids = new Set(Array.from({ length: 50 }, () => newJobId(now)));
    expect(ids.size).toBe(50);
    ids.forEach(id => expect(id).toMatch(/^20261121-164924-[0-9a-f]{8}$/));
  });
});
