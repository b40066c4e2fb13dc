/**
 * What was put into a record under a name that anybody may have chosen; undefined where nothing was.
 *
 * `record[name]` also finds what every object has: `constructor`, `toString`, `__proto__`.
 */
export function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  // eslint-disable-next-line crispdm/own-names -- the one place that may: it asked before.
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
