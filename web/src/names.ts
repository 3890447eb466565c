// Who is behind a number, as the address book knows it. Each number is asked for once, a few at the same time.
import { get, path } from './api.js';
import { h } from './dom.js';
import { given_name } from './line_names.js';
import { contact_name, number_key, party_title, type Party } from './party.js';
import type { PhoneNumber } from './records.js';

const kAtOnce = 4;

const answers = new Map<string, Promise<PhoneNumber | null>>();
const known = new Map<string, string>();  // names that were answered
const waiting: (() => Promise<void>)[] = [];
let working = 0;

async function work(): Promise<void> {
  if (working >= kAtOnce) return;
  working++;
  for (let next = waiting.shift(); next; next = waiting.shift()) await next();
  working--;
}

// The names of everybody who has the number.
export const names_of = (number: PhoneNumber): string =>
  [...new Set(number.contacts.map(contact_name).filter(Boolean))].join(', ');

// What the archive knows of the number; null if it does not know it or could not say.
export function look_up(number: string): Promise<PhoneNumber | null> {
  const key = number_key(number);
  const asked = answers.get(key);
  if (asked) return asked;
  const answer = new Promise<PhoneNumber | null>((resolve) => {
    waiting.push(async () => {
      const found = await get<PhoneNumber>(path(['numbers', number])).catch(() => null);
      if (found) known.set(key, names_of(found));
      else answers.delete(key);
      resolve(found);
    });
  });
  answers.set(key, answer);
  void work();
  return answer;
}

// Asks anew next time: for what changed.
export function forget(number: string): void { answers.delete(number_key(number)); }
export function forget_all(): void { answers.clear(); }

// The name to show now: that of the address book where it is known, else what the call or message says.
export const name_now = (party: Party): string | null =>
  (party.number && (given_name(number_key(party.number)) ?? known.get(number_key(party.number)))) || party.name;

// Calls `show` now and again as soon as more is known.
export function with_name(party: Party, show: (party: Party) => void): void {
  show({ ...party, name: name_now(party) });
  if (!party.number || given_name(number_key(party.number)) !== null || known.has(number_key(party.number))) return;
  void look_up(party.number).then((found) => {
    const name = found && names_of(found);
    if (name && name !== party.name) show({ ...party, name });
  });
}

// Somebody's name, else their number.
export function who(party: Party): HTMLElement {
  const element = h('bdi');
  with_name(party, (now) => { element.textContent = party_title(now); });
  return element;
}
