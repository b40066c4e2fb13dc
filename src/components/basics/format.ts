import type { Job } from '../../api';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** A number of bytes as people read it: 1.5 MiB. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1);
  const value = bytes / 1024 ** power;
  return `${power > 0 && value < 100 ? value.toFixed(1) : Math.round(value)} ${UNITS[power]}`;
}

/** What a duration is made of, the largest first: the letter, its seconds, and how many make one of the next. */
const PARTS = [
  ['d', 86_400, Infinity],
  ['h', 3600, 24],
  ['m', 60, 60],
  ['s', 1, 60]
] as const;
const TYPED = /^(?:([\d.]+)d)?(?:([\d.]+)h)?(?:([\d.]+)m(?:in)?)?(?:([\d.]+)s)?$/;

/** A span of time as one types it, with its two largest units: 7s, 12m30s, 1h30m, 3d4h. */
export function formatDuration(milliseconds: number): string {
  const parts = partsOf(Math.max(0, Math.floor(milliseconds / 1000)));
  const first = parts.findIndex(([amount]) => amount > 0);
  return written(first < 0 ? [] : parts.slice(first, first + 2));
}

/** Seconds as one types them, with nothing left out, so that reading them again gives the same: 1d2h3m4s, 0.5s. */
export function writeDuration(seconds: number): string {
  return written(partsOf(seconds));
}

/** The seconds that were typed, such as 90, 45s, 1h30m, 1.5h or 2d; NaN for what is no duration. */
export function readDuration(text: string): number {
  const typed = text.toLowerCase().replace(/\s+/g, '');
  if (/^[\d.]+$/.test(typed)) {
    return Number(typed);
  }
  const match = TYPED.exec(typed);
  if (!match?.slice(1).some(Boolean)) {
    return NaN;
  }
  const amounts = match.slice(1).map(amount => Number(amount ?? 0));
  return PARTS.reduce((sum, [, seconds], at) => sum + amounts[at] * seconds, 0);
}

function partsOf(seconds: number): [number, string][] {
  return PARTS.map(([unit, size, most]) => {
    const amount = (seconds / size) % most;
    return [unit === 's' ? seconds % 60 : Math.floor(amount), unit];
  });
}

function written(parts: readonly [number, string][]): string {
  const text = parts.map(([amount, unit]) => (amount > 0 ? `${amount}${unit}` : '')).join('');
  return text || '0s';
}

/** How long a job has run, or ran; null before its start. */
export function elapsed(job: Job, now: number): number | null {
  if (job.started === null) {
    return null;
  }
  const end = job.ended === null ? now : Date.parse(job.ended);
  return Math.max(0, end - Date.parse(job.started));
}

/** A part of one as a number between 0 and 1; null when the job does not say how much there is to do. */
export function fraction(job: Job): number | null {
  const { done, total } = job.progress ?? {};
  return total && done !== undefined ? Math.min(1, Math.max(0, done / total)) : null;
}

/** A moment in the reader's own language and time zone. */
export function formatMoment(iso: string): string {
  return new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
}

const SHORT = new Intl.DateTimeFormat(undefined, {
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit'
});
const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });

/** A moment in little room: without the year and the seconds. */
export function formatShort(iso: string): string {
  return SHORT.format(Date.parse(iso));
}

/** The time of day; with the day when it is not that of `now`. */
export function formatClock(iso: string, now: number): string {
  const isToday = new Date(iso).toDateString() === new Date(now).toDateString();
  return isToday ? CLOCK.format(Date.parse(iso)) : formatShort(iso);
}

/** A measured value with as many digits as help. */
export function formatValue(value: number): string {
  const size = Math.abs(value);
  if (value === 0 || !Number.isFinite(value)) {
    return String(value);
  }
  return size >= 1e5 || size < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}

/** A command as one would type it in a shell. */
export function formatCommand(command: readonly string[]): string {
  return command.map(part => (/^[\w@%+=:,./-]+$/.test(part) ? part : quoted(part))).join(' ');
}

function quoted(part: string): string {
  return `'${part.replaceAll("'", `'\\''`)}'`;
}
