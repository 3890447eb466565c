// The stretch of time that the overview shows, and the buckets that suit it.
import type { Parameters } from './api.js';
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

const kTitles: Record<Bucket, Intl.DateTimeFormatOptions> = {
  hour: { weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric' },
  day: { weekday: 'short', day: 'numeric', month: 'long', year: 'numeric' },
  week: { day: 'numeric', month: 'long', year: 'numeric' },
  month: { month: 'long', year: 'numeric' },
};

export function bucket_title(from: string, bucket: Bucket): string {
  const text = new Intl.DateTimeFormat(undefined, kTitles[bucket]).format(new Date(from));
  return bucket === 'week' ? `Week of ${text}` : text;
}

// What /v1/stats is asked, for the reader's days.
export const asked = (since: string | undefined, more: Parameters): Parameters => ({ since, tz: kZone, ...more });
