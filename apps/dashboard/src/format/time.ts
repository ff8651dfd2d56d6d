const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Time of day, local, `14:03:22`. `time` is ms since the epoch, here and below. */
export function formatClock(time: number): string {
  return clock.format(time);
}

/** Time of day with milliseconds, local, `14:03:22.087`. */
export function formatMillisecond(time: number): string {
  return `${clock.format(time)}.${String(Math.floor(time) % SECOND).padStart(3, '0')}`;
}

/** Date and time of day, local. */
export function formatMoment(time: number): string {
  return moment.format(time);
}

/** How long something took, with fractions of a second while they tell: `34 ms`, `1.2 s`, then as {@link formatDuration}. */
export function formatRunTime(ms: number): string {
  if (ms < SECOND) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10 * SECOND) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  return formatDuration(ms);
}

/** A length of time in its two largest units: `8 s`, `3 min 05 s`, `2 h 10 min`, `4 d 3 h`. Never negative. */
export function formatDuration(ms: number): string {
  const length = Math.max(0, ms);
  if (length < MINUTE) return `${Math.floor(length / SECOND)} s`;
  if (length < HOUR) return `${Math.floor(length / MINUTE)} min ${pad((length % MINUTE) / SECOND)} s`;
  if (length < DAY) return `${Math.floor(length / HOUR)} h ${pad((length % HOUR) / MINUTE)} min`;
  return `${Math.floor(length / DAY)} d ${Math.floor((length % DAY) / HOUR)} h`;
}

/** How long ago. */
export function formatAgo(ms: number): string {
  return `${formatDuration(ms)} ago`;
}

function pad(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}
