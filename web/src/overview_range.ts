// The stretch of time that the overview shows, and the buckets that suit it.
import type { Parameters } from './api.js';
import { date_format } from './format.js';
import { t } from './i18n.js';
import { add_days, date_text, kZone } from './zone.js';

export type Bucket = 'hour' | 'day' | 'week' | 'month';

export interface Range { name: string; label: string; days: number | null; bucket: Bucket }

export const kRanges: Range[] = [
  { name: '7d', label: t('7 days'), days: 7, bucket: 'hour' },
  { name: '30d', label: t('30 days'), days: 30, bucket: 'day' },
  { name: '90d', label: t('90 days'), days: 90, bucket: 'day' },
  { name: '1y', label: t('A year'), days: 365, bucket: 'week' },
  { name: 'all', label: t('All'), days: null, bucket: 'month' },
];

export const range_of = (name: string | null): Range =>
  kRanges.find((range) => range.name === name) ?? kRanges.find(({ name: one }) => one === '90d') as Range;

// The first day of the range in the reader's zone; nothing for all time.
export function since_of({ days }: Range): string | undefined {
  if (days === null) return undefined;
  return add_days(date_text(new Date()), 1 - days);
}

const kTitles: Record<Bucket, Intl.DateTimeFormatOptions> = {
  hour: { weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric' },
  day: { weekday: 'short', day: 'numeric', month: 'long', year: 'numeric' },
  week: { day: 'numeric', month: 'long', year: 'numeric' },
  month: { month: 'long', year: 'numeric' },
};

export function bucket_title(from: string, bucket: Bucket): string {
  const text = date_format(kTitles[bucket]).format(new Date(from));
  return bucket === 'week' ? t('Week of {date}', { date: text }) : text;
}

// The parameters for /v1/stats, for the reader's days.
export const asked = (since: string | undefined, more: Parameters): Parameters => ({ since, tz: kZone, ...more });
