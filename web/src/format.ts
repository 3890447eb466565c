// Dates, lengths and numbers in the reader's language and time zone.
import { kLocale, t } from './i18n.js';
import { date_text, kZone, parts } from './zone.js';

export const date_format = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(kLocale, { timeZone: kZone, ...options });
const format = date_format;
const kTime = format({ hour: 'numeric', minute: '2-digit' });
const kDay = format({ weekday: 'long', day: 'numeric', month: 'long' });
const kDayOfYear = format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const kWeekday = format({ weekday: 'short' });
const kShort = format({ day: 'numeric', month: 'short' });
const kShortOfYear = format({ day: 'numeric', month: 'short', year: 'numeric' });
const kTimeOfZone = format({ hour: 'numeric', minute: '2-digit', timeZoneName: 'short' });
const kFull = format({ dateStyle: 'full', timeStyle: 'medium' });
const kFullOfZone = format({
  weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: 'numeric', minute: '2-digit', second: '2-digit',
  timeZoneName: 'short',
});
const kWords = new Intl.RelativeTimeFormat(kLocale, { numeric: 'auto' });
const kCount = new Intl.NumberFormat(kLocale);
const kCompact = new Intl.NumberFormat(kLocale, { notation: 'compact' });

export const count = (n: number): string => kCount.format(n);
export const compact = (n: number): string => kCompact.format(n);
// "1 call", "3 calls"; French says "0 appel".
export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${count(n)} ${t(new Intl.PluralRules(kLocale).select(n) === 'one' ? one : many)}`;

// An hour that the clocks repeat says which of the two it is.
const is_repeated = (date: Date): boolean => [-3_600_000, 3_600_000].some((by) =>
  kTime.format(date) === kTime.format(new Date(date.getTime() + by)) && parts(date).day === parts(new Date(date.getTime() + by)).day);

export function clock(at: string): string {
  const date = new Date(at);
  return (is_repeated(date) ? kTimeOfZone : kTime).format(date);
}

export function full(at: string): string {
  const date = new Date(at);
  return (is_repeated(date) ? kFullOfZone : kFull).format(date);
}

// A date of the address ("2026-03-02") in words.
const kDate = new Intl.DateTimeFormat(kLocale, { timeZone: 'UTC', dateStyle: 'medium' });
export const date_words = (date: string): string => kDate.format(new Date(date));

// The month of such a date ("October 2025").
const kMonth = new Intl.DateTimeFormat(kLocale, { timeZone: 'UTC', month: 'long', year: 'numeric' });
export const month_words = (date: string): string => kMonth.format(new Date(date));

// The number of days from the reader's day to today.
const days_ago = (date: Date): number =>
  Math.round((Date.parse(date_text(new Date())) - Date.parse(date_text(date))) / 86_400_000);

const is_this_year = (date: Date): boolean => parts(date).year === parts(new Date()).year;

// One value per day of the reader's zone.
export const day_key = (at: string): string => date_text(new Date(at));

// "Today", "Yesterday", "Monday 3 March", and the year where it is another one.
export function day(at: string): string {
  const date = new Date(at);
  const ago = days_ago(date);
  if (ago === 0 || ago === 1) {
    const words = kWords.format(-ago, 'day');
    return words.charAt(0).toLocaleUpperCase() + words.slice(1);
  }
  return (is_this_year(date) ? kDay : kDayOfYear).format(date);
}

// The shortest text that says when: a time today, a weekday this week, else a date.
export function when(at: string): string {
  const date = new Date(at);
  const ago = days_ago(date);
  if (ago === 0) return kTime.format(date);
  if (ago > 0 && ago < 7) return kWeekday.format(date);
  return (is_this_year(date) ? kShort : kShortOfYear).format(date);
}

// "3 hours ago".
export function ago(at: string): string {
  const minutes = Math.round((Date.now() - Date.parse(at)) / 60_000);
  if (minutes < 60) return kWords.format(-minutes, 'minute');
  return minutes < 48 * 60 ? kWords.format(-Math.round(minutes / 60), 'hour') : kWords.format(-Math.round(minutes / 1440), 'day');
}

// 75 -> "1:15", 3725 -> "1:02:05".
export function position(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes}:${two(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

// 75 -> "1 min 15 s".
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
  return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
}

// "TRANSFERRED_EXTERNAL" and "not_interested" -> "Transferred external", "Not interested".
export function words(code: string): string {
  const text = code.replaceAll('_', ' ').trim();
  const lower = text === text.toUpperCase() ? text.toLowerCase() : text;
  return t((lower.charAt(0).toUpperCase() + lower.slice(1)).replace(/\bai\b/, 'AI'));
}

// Country codes of two digits (ITU E.164); 1 and 7 have one digit, all others three.
const kTwoDigits = new Set(('20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 ' +
  '63 64 65 66 81 82 84 86 90 91 92 93 94 95 98').split(' '));

// "+14155550100" -> "+1 415 555 0100". What is no E.164 number is returned as it is.
export function phone(number: string): string {
  if (!/^\+[1-9]\d{6,14}$/.test(number)) return number;
  const digits = number.slice(1);
  const code = /^[17]/.test(digits) ? digits.slice(0, 1) : digits.slice(0, kTwoDigits.has(digits.slice(0, 2)) ? 2 : 3);
  const rest = digits.slice(code.length);
  const groups = code === '1' && rest.length === 10 ? [rest.slice(0, 3), rest.slice(3, 6), rest.slice(6)]
    : code === '33' ? [rest.slice(0, 1), ...(rest.slice(1).match(/..?/g) ?? [])]
    : rest.replace(/(\d{3})(?=\d{2})/g, '$1 ').split(' ');
  return ['+' + code, ...groups].join('\u00a0');
}
