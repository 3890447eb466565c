// An hour of the week as a filter: "Mondays at nine", in the reader's time zone. The API knows stretches of time only,
// so it becomes one stretch for each week.
import { date_format } from './format.js';
import { add_days, date_text, instant, is_date, weekday_of } from './zone.js';

export interface HourOfWeek { weekday: number; hour: number }  // 0 is Monday; 0 to 23

// What the address says, "weekday=0&hour=9"; nothing unless both are there.
export function hour_of_week(parameters: URLSearchParams): HourOfWeek | null {
  const [weekday, hour] = ['weekday', 'hour'].map((name) => {
    const text = parameters.get(name) ?? '';
    return /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  }) as [number, number];
  return weekday < 7 && hour < 24 ? { weekday, hour } : null;
}

export function weekday_text(weekday: number, length: 'short' | 'long'): string {  // 1 January 2024 was a Monday
  return date_format({ weekday: length, timeZone: 'UTC' }).format(new Date(Date.UTC(2024, 0, 1 + weekday)));
}

export const hour_text = (hour: number): string =>
  date_format({ hour: 'numeric', timeZone: 'UTC' }).format(new Date(Date.UTC(2024, 0, 1, hour)));

export const hour_of_week_text = ({ weekday, hour }: HourOfWeek): string =>
  `${weekday_text(weekday, 'long')}, ${hour_text(hour)}`;

// A date of the address, or the day of an instant there.
const day_of = (text: string): string => is_date(text) ? text : date_text(new Date(text));

// The hours of that kind from the day `since` up to the day `until` (today if there is none), newest first. An hour
// that the clocks repeat is one stretch of two hours; one that they skip is none.
export function hours_between({ weekday, hour }: HourOfWeek, parameters: URLSearchParams): { since: string; until: string }[] {
  const [since, until] = [parameters.get('since') ?? '', parameters.get('until') ?? ''];
  if (Number.isNaN(Date.parse(since))) throw new Error('since: required together with an hour of the week');
  const end = until ? day_of(until) : add_days(date_text(new Date()), 1);
  const stretches: { since: string; until: string }[] = [];
  for (let day = day_of(since); day < end; day = add_days(day, 1)) {
    if (weekday_of(day) !== weekday) continue;
    const [from, to] = [instant(day, hour), instant(day, hour + 1)];
    if (from < to) stretches.unshift({ since: from.toISOString(), until: to.toISOString() });
  }
  return stretches;
}
