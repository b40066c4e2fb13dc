import { ESLint } from 'eslint';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { own } from '../../../src/api/own';

describe('own', () => {
  it('finds what was put in, also nothing and zero', () => {
    const record = { lr: 0, net: '', none: null };
    expect([own(record, 'lr'), own(record, 'net'), own(record, 'none')]).toEqual([0, '', null]);
    expect(own(record, 'gone')).toBeUndefined();
  });

  // proves: words.any-name
  it.each(Object.getOwnPropertyNames(Object.prototype))(
    'finds no %s where nobody put one, and one where somebody did',
    name => {
      expect(own<unknown>({}, name)).toBeUndefined();
      const sent = JSON.parse(`{"${name}": 1}`) as Record<string, number>;
      expect(own(sent, name)).toBe(1);
    }
  );
});

/** A file of the browser side whose text the tests replace: the linter knows types only in files of the project. */
const PLACE = 'src/api/own.ts';

describe('the linter', () => {
  // On a CI machine typescript-eslint takes each file for a run of its own and reads it from the disk, whatever text it
  // was given. A project of this one file is read at once: that of all files takes a busy machine more than a minute.
  const eslint = new ESLint({
    overrideConfig: {
      languageOptions: {
        parserOptions: {
          disallowAutomaticSingleRunInference: true,
          project: './tests/frontend/api/own.tsconfig.json'
        }
      }
    }
  });
  const complaints = async (line: string) => {
    const text = `export {};
      declare const record: Record<string, number>;
      declare const name: string;
      declare const field: 'a' | 'b';
      declare const list: number[];
      ${line}`;
    const [{ messages }] = await eslint.lintText(text, { filePath: PLACE });
    return messages.filter(({ ruleId }) => ruleId === 'crispdm/own-names').length;
  };

  it.each([
    ['export const read = record[name];', 1],
    ['record[name] = 1;', 1],
    ['export const known = name in record;', 1],
    ['export const read = record[`${name}/x`];', 1],
    ['export const read = { a: 1, b: 2 }[field];', 0],
    ['export const read = list[0] + record["a"];', 0],
    ['export const known = "a" in record;', 0],
    ['export const read = new Map([[name, 1]]).get(name);', 0]
  ])('refuses a lookup by a name that only the running program knows: %s', async (line, count) =>
    expect(await complaints(line)).toBe(count)
  );

  it('is told to look away in one place only', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf-8' })
      .map(name => `src/${name}`)
      .filter(name => /\.tsx?$/.test(name));
    const excused = files.filter(name => readFileSync(name, 'utf-8').includes('own-names'));
    expect(files.length).toBeGreaterThan(150);
    expect(excused).toEqual([PLACE]);
  });
});
