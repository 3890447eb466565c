// The stretch of time that the overview shows, and the buckets that suit it.
import type { Parameters } from './api.js';
import { date_format } from './format.js';
import { t } from './i18n.js';
import { chosen_line } from './line_names.js';
import { add_days, date_text, is_date, kZone } from './zone.js';

export type Bucket = 'hour' | 'day' | 'week' | 'month';

export interface Range {
  name: string;
  label: string;
  days: number | null;
  bucket: Bucket;
  own?: { since: string; until: string };  // chosen days: the first, and the one after the last
}

export const kRanges: Range[] = [
  { name: '7d', label: t('7 days'), days: 7, bucket: 'hour' },
  { name: '30d', label: t('30 days'), days: 30, bucket: 'day' },
  { name: '90d', label: t('90 days'), days: 90, bucket: 'day' },
  { name: '1y', label: t('A year'), days: 365, bucket: 'week' },
  { name: 'all', label: t('All'), days: null, bucket: 'month' },
];

const kMostOfBucket: [number, Bucket][] = [[8, 'hour'], [120, 'day'], [750, 'week']];  // days of a range, and what its bars are

// Days that the reader chose; null: the address has none that make sense.
function own_range(parameters: URLSearchParams): Range | null {
  const [since, until] = [parameters.get('since') ?? '', parameters.get('until') ?? ''];
  if (!is_date(since) || !is_date(until) || since >= until) return null;
  const days = Math.round((Date.parse(until) - Date.parse(since)) / 86_400_000);
  const bucket = kMostOfBucket.find(([most]) => days <= most)?.[1] ?? 'month';
  return { name: 'own', label: t('Chosen days'), days, bucket, own: { since, until } };
}

export const range_of = (parameters: URLSearchParams): Range =>
  own_range(parameters) ?? kRanges.find((range) => range.name === parameters.get('range')) ??
  kRanges.find(({ name: one }) => one === '90d') as Range;

// From the first day of the range in the reader's zone to the day after its last one; nothing where it has no end.
export type Stretch = { since: string | undefined; until: string | undefined };

export function stretch_of({ days, own }: Range): Stretch {
  if (own) return { ...own };
  return { since: days === null ? undefined : add_days(date_text(new Date()), 1 - days), until: undefined };
}

// As many days before it; null for all time.
export function stretch_before(range: Range): Stretch | null {
  const { since } = stretch_of(range);
  return since && range.days ? { since: add_days(since, -range.days), until: since } : null;
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

// The parameters for /v1/stats, for the reader's days, of the line that is looked at.
export const asked = (stretch: Stretch, more: Parameters): Parameters =>
  ({ ...stretch, tz: kZone, number: chosen_line() ?? undefined, ...more });
