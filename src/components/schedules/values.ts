import type { Schedule } from '../../api';

/** The usual times, and `custom` for any cron expression. */
export type Preset = 'hourly' | 'daily' | 'weekdays' | 'weekly' | 'monthly' | 'custom';

/** What the user chose, as they typed it. */
export interface IScheduleValues {
  name: string;
  preset: Preset;
  /** The minute of an hourly run. */
  minute: string;
  /** The time of day, hh:mm. */
  time: string;
  /** The day of a weekly run, Sunday is 0. */
  weekday: string;
  /** The day of a monthly run; L is the last. */
  day: string;
  cron: string;
  timezone: string;
  missed: Schedule['missed'];
  overlap: Schedule['overlap'];
}

/** What is wrong, by field; '' holds what concerns the whole. */
export type ScheduleErrors = Partial<Record<keyof IScheduleValues | '', string>>;

/** The choices for a new schedule: each night in the time zone of the browser. */
export function newSchedule(): IScheduleValues {
  return {
    name: '',
    ...presetOf('0 3 * * *'),
    timezone: browserZone(),
    missed: 'once',
    overlap: 'skip'
  };
}

/** The choices that a schedule came from. */
export function valuesOf(schedule: Schedule): IScheduleValues {
  const { name, cron, timezone, missed, overlap } = schedule;
  return { name, ...presetOf(cron), timezone, missed, overlap };
}

/** The cron expression of what was chosen. */
export function cronOf(values: IScheduleValues): string {
  const [hour, minute] = values.time ? values.time.split(':').map(Number) : ['?', '?'];
  const expressions: Record<Preset, string> = {
    hourly: `${values.minute.trim() || '?'} * * * *`,
    daily: `${minute} ${hour} * * *`,
    weekdays: `${minute} ${hour} * * 1-5`,
    weekly: `${minute} ${hour} * * ${values.weekday}`,
    monthly: `${minute} ${hour} ${values.day} * *`,
    custom: values.cron.trim()
  };
  return expressions[values.preset];
}

/** The time zone of this browser. */
export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

/** A moment with its day of the week, as the reader's clock shows it. */
export function formatDay(iso: string): string {
  return DAY.format(Date.parse(iso));
}

const DAY = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit'
});

const THERE = new Map<string, Intl.DateTimeFormat | null>();

/** A moment as the clocks of a time zone show it; null where the browser does not know the zone. */
export function formatThere(iso: string, timezone: string): string | null {
  if (!THERE.has(timezone)) {
    THERE.set(timezone, clockOf(timezone));
  }
  return THERE.get(timezone)?.format(Date.parse(iso)) ?? null;
}

/** Made once for each zone: it takes milliseconds, and a list has a thousand rows. */
function clockOf(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat(undefined, { timeZone, dateStyle: 'full', timeStyle: 'short' });
  } catch {
    return null;
  }
}

type When = Pick<IScheduleValues, 'preset' | 'minute' | 'time' | 'weekday' | 'day' | 'cron'>;

const HOURLY = /^(\d{1,2}) \* \* \* \*$/;
const TIMED = /^(\d{1,2}) (\d{1,2}) (\d{1,2}|L|\*) \* ([0-6]|1-5|\*)$/;

/** The preset that an expression belongs to, with its parts. */
export function presetOf(cron: string): When {
  const when: When = { preset: 'custom', minute: '0', time: '03:00', weekday: '1', day: '1', cron };
  const hourly = HOURLY.exec(cron);
  if (hourly) {
    return { ...when, preset: 'hourly', minute: hourly[1] };
  }
  const [, minute, hour, day, weekday] = TIMED.exec(cron) ?? [];
  if (minute === undefined || (day !== '*' && weekday !== '*')) {
    return when;
  }
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
  if (day !== '*') {
    return { ...when, preset: 'monthly', time, day };
  }
  if (weekday === '*' || weekday === '1-5') {
    return { ...when, preset: weekday === '*' ? 'daily' : 'weekdays', time };
  }
  return { ...when, preset: 'weekly', time, weekday };
}
