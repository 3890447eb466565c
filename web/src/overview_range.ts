// The stretch of time that the overview shows, and the buckets that suit it.
import { kZone } from './format.js';

export type Bucket = 'hour' | 'day' | 'week' | 'month';

export interface Range { name: string; label: string; days: number | null; bucket: Bucket }

export const kRanges: Range[] = [
  { name: '7d', label: '7 days', days: 7, bucket: 'hour' },
  { name: '30d', label: '30 days', days: 30, bucket: 'day' },
  { name: '90d', label: '90 days', days: 90, bucket: 'day' },
  { name: '1y', label: 'A year', days: 365, bucket: 'week' },
  { name: 'all', label: 'All', days: null, bucket: 'month' },
];

export const range_of = (name: string | null): Range =>
  kRanges.find((range) => range.name === name) ?? kRanges.find(({ name: one }) => one === '90d') as Range;

const two = (n: number): string => String(n).padStart(2, '0');
export const date_text = (date: Date): string => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;

// The first day of the range in the reader's zone; nothing for all time.
export function since_of({ days }: Range): string | undefined {
  if (days === null) return undefined;
  const now = new Date();
  return date_text(new Date(now.getFullYear(), now.getMonth(), now.getDate() - days + 1));
}

// A bucket's begin: an instant, or a date (or month) of the reader's zone.
export function begin_of(bucket: string): Date {
  const [, year, month, day] = /^(\d{4})-(\d\d)(?:-(\d\d))?$/.exec(bucket) ?? [];
  return year && month ? new Date(Number(year), Number(month) - 1, Number(day ?? 1)) : new Date(bucket);
}

export function end_of(begin: Date, bucket: Bucket): Date {
  const end = new Date(begin);
  if (bucket === 'hour') end.setTime(end.getTime() + 3_600_000);
  else if (bucket === 'month') end.setMonth(end.getMonth() + 1);
  else end.setDate(end.getDate() + (bucket === 'week' ? 7 : 1));
  return end;
}

const kTitles: Record<Bucket, Intl.DateTimeFormatOptions> = {
  hour: { weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric' },
  day: { weekday: 'short', day: 'numeric', month: 'long', year: 'numeric' },
  week: { day: 'numeric', month: 'long', year: 'numeric' },
  month: { month: 'long', year: 'numeric' },
};

export function bucket_title(begin: Date, bucket: Bucket): string {
  const text = new Intl.DateTimeFormat(undefined, kTitles[bucket]).format(begin);
  return bucket === 'week' ? `Week of ${text}` : text;
}

export const zone_parameters = (since: string | undefined): Record<string, string | undefined> => ({ since, tz: kZone });
