import type { ISeries } from '../../../tokens/metrics';

const HEAD = ['name', 'step', 'time', 'value'];

/** Curves as a table that every program reads: a row for each point, the time in UTC. */
export function csvOf(curves: Iterable<readonly [string, ISeries]>): string {
  const rows = [HEAD.join(',')];
  for (const [name, { step, value, time }] of curves) {
    const label = quoted(name);
    for (let at = 0; at < step.length; at++) {
      rows.push(`${label},${step[at]},${moment(time[at])},${number(value[at])}`);
    }
  }
  return `${rows.join('\r\n')}\r\n`;
}

/** A name that begins as a formula would is one to a spreadsheet, and is run there: it gets an apostrophe. */
function quoted(name: string): string {
  const plain = /^[=+\-@\t\r]/.test(name) ? `'${name}` : name;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

function moment(time: number): string {
  return Number.isFinite(time) && Math.abs(time) < 8.64e12
    ? new Date(1000 * time).toISOString()
    : '';
}

/** As spreadsheets and pandas read it. */
function number(value: number): string {
  return Number.isNaN(value)
    ? 'nan'
    : Number.isFinite(value)
      ? String(value)
      : value > 0
        ? 'inf'
        : '-inf';
}
