// Days and hours of the reader's time zone, which need not be the browser's.
import { settings } from './settings.js';

export const kZone = settings.zone || Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

const kParts = new Intl.DateTimeFormat('en-US', {
  timeZone: kZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric',
  second: 'numeric',
});

// What the clocks of the zone read at an instant, as if it were UTC.
function reading(at: Date): Date {
  const found: Partial<Record<string, number>> = {};
  for (const { type, value } of kParts.formatToParts(at)) found[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = found;
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second));
}

export interface Parts { year: number; month: number; day: number; hour: number; weekday: number }  // Monday is 0

export function parts(at: Date): Parts {
  const read = reading(at);
  return {
    year: read.getUTCFullYear(), month: read.getUTCMonth() + 1, day: read.getUTCDate(), hour: read.getUTCHours(),
    weekday: (read.getUTCDay() + 6) % 7,
  };
}

// The day of an instant: "2026-03-02".
export const date_text = (at: Date): string => reading(at).toISOString().slice(0, 10);

export const is_date = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));

export const add_days = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);

export const weekday_of = (date: string): number => (new Date(date).getUTCDay() + 6) % 7;

// The first instant of an hour (0 to 24) of a day. An hour that the clocks skip begins when they go on.
export function instant(date: string, hour = 0): Date {
  const wanted = Date.parse(date) + hour * 3_600_000;
  let at = wanted;
  for (let n = 0; n < 3; n++) at += wanted - reading(new Date(at)).getTime();
  // Of an hour that comes twice, the first.
  const before = at - 3_600_000;
  return new Date(reading(new Date(before)).getTime() === wanted ? before : at);
}
