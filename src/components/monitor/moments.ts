const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const PARTS = { hour: 'numeric', minute: '2-digit', second: '2-digit' } as const;
const FINE = new Intl.DateTimeFormat(undefined, { ...PARTS, fractionalSecondDigits: 3 });
const TENTHS = new Intl.DateTimeFormat(undefined, { ...PARTS, fractionalSecondDigits: 1 });
const SHORT = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const DAY = new Intl.DateTimeFormat(undefined, { month: 'numeric', day: 'numeric' });

/** The time of day of a moment in seconds, to the millisecond. */
export function formatInstant(seconds: number): string {
  return FINE.format(seconds * 1000);
}

/** The time of day of a moment in seconds; with the day when it is not that of `now`, in milliseconds. */
export function formatSecond(seconds: number, now: number): string {
  const clock = CLOCK.format(seconds * 1000);
  const isToday = new Date(seconds * 1000).toDateString() === new Date(now).toDateString();
  return isToday ? clock : `${DAY.format(seconds * 1000)} ${clock}`;
}

/** The times below an axis: as fine as they lie apart, with the day where it is another one. */
export function formatTicks(ticks: readonly number[]): string[] {
  const step = ticks.length > 1 ? ticks[1] - ticks[0] : 1;
  let day = '';
  return ticks.map(seconds => {
    const before = day;
    day = DAY.format(seconds * 1000);
    const text = tick(seconds, step);
    return before !== '' && before !== day ? `${text}\n${day}` : text;
  });
}

function tick(seconds: number, step: number): string {
  if (step < 1) {
    return (step < 0.1 ? FINE : TENTHS).format(seconds * 1000);
  }
  if (step >= 86_400) {
    return DAY.format(seconds * 1000);
  }
  return (step < 60 ? CLOCK : SHORT).format(seconds * 1000);
}
