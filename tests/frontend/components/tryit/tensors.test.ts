import { describe, expect, it } from 'vitest';
import { snippets } from '../../../../src/components/tryit/snippets';
import { answersOf, columnsOf, tensorsOf } from '../../../../src/components/tryit/tensors';
import { trans } from '../../support';

const tensor = (name: string, datatype: string, ...shape: number[]) => ({ name, datatype, shape });
const MATRIX = [tensor('features', 'FP32', -1, 3)];
const COLUMNS = [tensor('age', 'INT64', -1), tensor('city', 'BYTES', -1, 1)];

describe('the columns that a model takes', () => {
  it.each([
    ['a matrix', MATRIX, ['features 1', 'features 2', 'features 3']],
    ['a tensor of one column each', COLUMNS, ['age', 'city']],
    ['one column', [tensor('x', 'FP64', -1)], ['x']]
  ])('are known of %s', (_, inputs, names) => {
    expect(columnsOf(inputs)?.map(({ name }) => name)).toEqual(names);
  });

  it.each([
    ['pictures', [tensor('images', 'FP32', -1, 3, 64, 64)]],
    ['rows of any length', [tensor('samples', 'FP32', -1, -1)]],
    ['two matrices', [tensor('a', 'FP32', -1, 3), tensor('b', 'FP32', -1, 3)]],
    ['a single value', [tensor('rate', 'INT64')]],
    ['nothing', []]
  ])('are none for %s', (_, inputs) => {
    expect(columnsOf(inputs)).toBeNull();
  });
});

describe('rows as tensors', () => {
  // proves: tryit.rows
  it('are one flat tensor for a matrix', () => {
    expect(
      tensorsOf(trans, MATRIX, [
        ['1', '2', '3'],
        ['4', '-5', ' 6e2 ']
      ])
    ).toEqual([{ name: 'features', datatype: 'FP32', shape: [2, 3], data: [1, 2, 3, 4, -5, 600] }]);
  });

  it('are a tensor for each column, texts as they are', () => {
    expect(
      tensorsOf(trans, COLUMNS, [
        ['40', 'Ulm'],
        ['41', '7']
      ])
    ).toEqual([
      { name: 'age', datatype: 'INT64', shape: [2], data: [40, 41] },
      { name: 'city', datatype: 'BYTES', shape: [2, 1], data: ['Ulm', '7'] }
    ]);
  });

  it('are put in order by a head, whatever else stands in the table', () => {
    const given = [
      ['city', 'id', 'age'],
      ['Ulm', '1', '40'],
      ['', '', ''],
      ['Bonn', '2', '41']
    ];
    expect(tensorsOf(trans, COLUMNS, given).map(({ data }) => data)).toEqual([
      [40, 41],
      ['Ulm', 'Bonn']
    ]);
  });

  it.each([
    [[['1', '2']], 'Row 1 has 2 values; the model takes 3: features 1, features 2, features 3'],
    [
      [
        ['1', '2', '3'],
        ['1', 'x', '3']
      ],
      'Row 2, “features 2”: “x” is no number.'
    ],
    [[['1', '', '3']], 'Row 1, “features 2”: “” is no number.'],
    [[['1', 'Infinity', '3']], 'Row 1, “features 2”: “Infinity” is no number.'],
    [[['', '', '']], 'There is no row.'],
    [[], 'There is no row.']
  ])('say what is wrong with %j', (given, told) => {
    expect(() => tensorsOf(trans, MATRIX, given)).toThrow(told);
  });
});

describe('answers beside rows', () => {
  const output = (name: string, shape: number[], data: unknown[]) => ({
    name,
    datatype: 'FP64',
    shape,
    data,
    parameters: {}
  });

  it('are called by the classes where there is a number for each', () => {
    const outputs = [
      output('predict', [2], ['a', 'b']),
      output('predict_proba', [2, 2], [0.25, 0.75, 0.123456789, 1])
    ];
    expect(answersOf(outputs, ['no', 'yes'], 2)).toEqual({
      names: ['predict', 'no', 'yes'],
      rows: [
        ['a', '0.25', '0.75'],
        ['b', '0.12346', '1']
      ]
    });
  });

  it('leave out what is not a row each', () => {
    const outputs = [output('mean', [1], [3]), output('score', [2, 3], [1, 2, 3, 4, 5, 6])];
    expect(answersOf(outputs, ['no', 'yes'], 2)).toEqual({
      names: ['score 1', 'score 2', 'score 3'],
      rows: [
        ['1', '2', '3'],
        ['4', '5', '6']
      ]
    });
  });
});

describe('programs that ask the same', () => {
  // proves: tryit.programs
  it('name the token as a variable, and quote what would end a word of the shell', () => {
    const inputs = [{ name: "o'brien", datatype: 'BYTES', shape: [1], data: ['$(reboot)'] }];
    const made = new Map(snippets("http://here/it's", { inputs }, 'outputs'));
    expect([...made.keys()]).toEqual(['curl', 'Python', 'JavaScript']);
    expect(made.get('curl')).toContain(`'http://here/it'\\''s'`);
    expect(made.get('curl')).toContain(`"name":"o'\\''brien"`);
    [...made.values()].forEach(text => expect(text).toContain('CRISPDM_TOKEN'));
  });
});
