// Who is on the other end: the customer's side of a call or message, by its direction.
import type { Call, Contact, ContactName, Message, TimelineItem } from './records.js';
import { phone } from './format.js';
import { t } from './i18n.js';
import { given_name } from './line_names.js';

export interface Party { number: string | null; name: string | null }

export const is_outbound = (item: { direction: string | null }): boolean => item.direction === 'OUTBOUND';

export function other_party(item: Call | Message): Party {
  const from = { number: item.from_number, name: item.from_name };
  const to = { number: item.to_number, name: item.to_name };
  if (is_outbound(item)) return to;
  return item.direction === 'INBOUND' || from.number ? from : to;
}

// The archive's own side: the line and what it is called, by the reader before anybody else.
export function own_party(item: Call | Message): Party {
  const other = other_party(item);
  const own = other.number === item.from_number && other.name === item.from_name
    ? { number: item.to_number, name: item.to_name } : { number: item.from_number, name: item.from_name };
  return { ...own, name: (own.number && given_name(number_key(own.number))) || own.name };
}

// "josh.lee@example.com" -> "Josh Lee".
export const user_name = (email: string): string => (email.split('@')[0] ?? email).split(/[._-]+/)
  .map((word) => word.charAt(0).toLocaleUpperCase() + word.slice(1)).join(' ');

export const of_item = (item: TimelineItem): Call | Message => item.kind === 'call' ? item.call : item.message;

// One conversation for the spellings of one number: "+1 (415) 555-0100" and "+14155550100".
export function number_key(number: string): string {
  return /^[+\d][\d\s().-]*$/.test(number) ? number.replace(/[^+\d]/g, '') : number;
}

export function contact_name(contact: ContactName | Contact): string {
  const name = [contact.name, contact.last_name].filter(Boolean).join(' ');
  return name || contact.company || '';
}

export const party_title = (party: Party): string =>
  party.name || (party.number ? number_title(party.number) : t('Unknown number'));

export const number_title = (number: string): string =>
  number === 'anonymous' ? t('Anonymous') : phone(number);

// Up to two letters, for the round mark of a conversation; nothing for a bare number.
export function initials(name: string | null): string {
  const found = (name ?? '').match(/\p{L}[\p{L}\p{M}'’-]*/gu) ?? [];
  const letters = found.length > 1 ? [found[0], found.at(-1)] : found;
  return letters.map((word) => [...(word ?? '')][0] ?? '').join('').toLocaleUpperCase();
}

// One of twelve tints, always the same for the same text.
export function tint(text: string): number {
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % 12;
}
