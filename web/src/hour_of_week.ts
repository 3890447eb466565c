// An hour of the week as a filter: "Mondays at nine", in the reader's time zone. The API knows stretches of time only,
// so it becomes one stretch for each week.
import { date_text } from './overview_range.js';

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
  return new Intl.DateTimeFormat(undefined, { weekday: length }).format(new Date(2024, 0, 1 + weekday));
}

export const hour_text = (hour: number): string =>
  new Intl.DateTimeFormat(undefined, { hour: 'numeric' }).format(new Date(2024, 0, 1, hour));

export const hour_of_week_text = ({ weekday, hour }: HourOfWeek): string =>
  `${weekday_text(weekday, 'long')}, ${hour_text(hour)}`;

// Midnight of a date in the reader's zone ("2026-03-02", or the day of an instant).
function midnight(text: string): Date {
  const [year = 0, month = 1, day = 1] = /^\d{4}-\d\d-\d\d$/.test(text) ? text.split('-').map(Number)
    : date_text(new Date(text)).split('-').map(Number);
  return new Date(year, month - 1, day);
}

// The hours of that kind from the day `since` up to the day `until` (today if there is none), newest first. An hour
// that the clocks repeat is one stretch of two hours; one that they skip is none.
export function hours_between({ weekday, hour }: HourOfWeek, parameters: URLSearchParams): { since: string; until: string }[] {
  const [since, until] = [parameters.get('since') ?? '', parameters.get('until') ?? ''];
  if (Number.isNaN(Date.parse(since))) throw new Error('since: required together with an hour of the week');
  const end = until ? midnight(until) : new Date(Date.now() + 86_400_000);
  const stretches: { since: string; until: string }[] = [];
  for (const day = midnight(since); day < end; day.setDate(day.getDate() + 1)) {
    if ((day.getDay() + 6) % 7 !== weekday) continue;
    const at = (hours: number) => new Date(day.getFullYear(), day.getMonth(), day.getDate(), hours);
    if (at(hour) < at(hour + 1)) stretches.unshift({ since: at(hour).toISOString(), until: at(hour + 1).toISOString() });
  }
  return stretches;
}
