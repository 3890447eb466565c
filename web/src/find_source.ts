// What a search or a filtered list is made of, read page by page.
import { get, path, type Parameters } from './api.js';
import { kFilters } from './filter_values.js';
import { hour_of_week, hours_between } from './hour_of_week.js';
import { t } from './i18n.js';
import { own_lines } from './lines.js';
import { Newest, type Kind } from './newest.js';
import { contact_name, of_item, user_name } from './party.js';
import { as_typed, fold, plain_words } from './query.js';
import { other_forms } from './word_forms.js';
import { date_text, is_date, kZone, parts } from './zone.js';
import type { Call, Contact, Hit, List, Message, Stats, TimelineItem } from './records.js';

const kBatch = 25;
const kMostPeople = 20;  // contacts of one name that are looked through
const kMostWords = 6;    // words of a query that may be names

// What was found, or words above what follows.
export type Found = Hit | { kind: 'heading'; text: string };

export interface Total { n: number; exact: boolean }

export interface Source {
  read: () => Promise<Found[] | null>;  // null: no more
  urls: string[];
  total: () => Promise<Total | null>;   // null: it is not known
  // The hit that a call or message is now; null: it is none (any more).
  now: (item: TimelineItem) => Promise<Hit | null>;
}

export const hit_key = (hit: Hit): string =>
  hit.kind === 'contact' ? `contact:${hit.contact.id}` : `${hit.kind}:${hit.kind === 'call' ? hit.call.id : hit.message.id}`;

const counted = async (urls: string[], signal: AbortSignal): Promise<Total> => {
  const pages = await Promise.all(urls.map((url) => get<{ page: { total: number; total_is_exact: boolean } }>(url, signal)));
  return {
    n: pages.reduce((sum, { page }) => sum + page.total, 0), exact: pages.every(({ page }) => page.total_is_exact),
  };
};

// One instant, as a stretch.
const just = (at: string): Parameters =>
  ({ since: at, until: new Date(Date.parse(at) + 1).toISOString(), tz: undefined });

// Whether an instant is in the stretch that was asked for.
function is_between(at: string, { since, until }: Parameters): boolean {
  const value = (text: string) => is_date(text) ? date_text(new Date(at)) : at;
  return !(typeof since === 'string' && value(since) < since) && !(typeof until === 'string' && value(until) >= until);
}

// The search, which knows what matched and where.
function search(asked: Parameters, parameters: URLSearchParams, signal: AbortSignal): Source {
  const query: Parameters = {
    ...asked, kind: parameters.get('kind') ?? '', sort: parameters.get('sort') ?? undefined, limit: String(kBatch),
  };
  const url = path(['search'], query);
  let next: string | null = url;
  return {
    urls: [url],
    read: async () => {
      if (!next) return null;
      const { data, page } = await get<List<Hit>>(next, signal);
      next = page.next_cursor && path(['search'], { ...query, cursor: page.next_cursor });
      return data;
    },
    total: () => counted([path(['search'], { ...query, sort: undefined, limit: '1', count: 'capped' })], signal),
    now: async (item) => {
      if (!is_between(item.at, asked)) return null;
      const { data } = await get<List<Hit>>(path(['search'], { ...query, ...just(item.at) }), signal);
      return data.find((hit) => hit_key(hit) === `${item.kind}:${of_item(item).id}`) ?? null;
    },
  };
}

// Filters that only calls have.
export const kOfCalls = ['result', 'tag', 'user_email'];

const kinds_of = (asked: Parameters, kind: string): Kind[] =>
  kOfCalls.some((name) => asked[name]) ? ['call'] : kind === 'call' || kind === 'message' ? [kind] : ['call', 'message'];

// The lists, for filters alone.
function lists(asked: Parameters, parameters: URLSearchParams, signal: AbortSignal): Source {
  const kinds = kinds_of(asked, parameters.get('kind') ?? '');
  const newest = new Newest(kinds, asked, signal);
  return {
    urls: kinds.map((one) => path([`${one}s`], asked)),
    read: async () => {
      const hits: Hit[] = [];
      for (let item = await newest.next(); item; item = hits.length < kBatch ? await newest.next() : null) {
        hits.push({ ...item, matches: [] });
      }
      return hits.length ? hits : null;
    },
    total: () => counted(kinds.map((one) => path([`${one}s`], { ...asked, limit: '1', count: 'capped' })), signal),
    now: async (item) => {
      if (!kinds.includes(item.kind) || !is_between(item.at, asked)) return null;
      const url = path([`${item.kind}s`], { ...asked, ...just(item.at), limit: '500' });
      const { data } = await get<List<Call | Message>>(url, signal);
      return data.some(({ id }) => id === of_item(item).id) ? { ...item, matches: [] } : null;
    },
  };
}

// All contacts, where nothing else is wanted.
function contacts(signal: AbortSignal): Source {
  const query: Parameters = { limit: '100' };
  let next: string | null = path(['contacts'], query);
  return {
    urls: [next],
    read: async () => {
      if (!next) return null;
      const { data, page } = await get<List<Contact>>(next, signal);
      next = page.next_cursor && path(['contacts'], { ...query, cursor: page.next_cursor });
      return data.map((contact): Hit => ({ kind: 'contact', at: null, contact, matches: [] }));
    },
    total: () => counted([path(['contacts'], { limit: '1', count: 'capped' })], signal),
    now: () => Promise.resolve(null),
  };
}

// One after the other.
function in_turn(sources: Source[], total: Source['total']): Source {
  let at = 0;
  return {
    urls: sources.flatMap(({ urls }) => urls),
    read: async () => {
      const found: Found[] = [];
      while (at < sources.length && found.length < kBatch) {
        const more = await sources[at]?.read();
        if (more?.length) found.push(...more);
        else at++;
      }
      return found.length ? found : null;
    },
    total,
    now: async (item) => {
      for (const one of sources) {
        const hit = await one.now(item);
        if (hit) return hit;
      }
      return null;
    },
  };
}

// The e-mail addresses of colleagues that the archive counts.
let asked_users: Promise<string[]> | null = null;
export function users(): Promise<string[]> {
  asked_users ??= get<Stats>(path(['stats'], { by: 'user' }))
    .then(({ data }) => data.map(({ key }) => key ?? '').filter(Boolean))
    .catch((error) => { asked_users = null; throw error; });
  return asked_users;
}

interface Somebody { title: string; rest: string[]; filter: Parameters }

// Whom the words of the query may name, and which words are left then.
async function people_in(words: string[], signal: AbortSignal): Promise<Somebody[]> {
  const found: Somebody[] = [];
  const contacts_of = await Promise.all(words.map((word) =>
    get<List<Contact>>(path(['contacts'], { q: as_typed(word), limit: String(kMostPeople) }), signal).then(({ data }) => data)));
  const by_id = new Map<string, { contact: Contact; words: Set<string> }>();
  contacts_of.forEach((contacts, i) => {
    for (const contact of contacts) {
      const known = by_id.get(contact.id) ?? { contact, words: new Set<string>() };
      known.words.add(words[i] ?? '');
      by_id.set(contact.id, known);
    }
  });
  // Whom more of the words name comes first, and hides those whom only some of them name.
  const most = Math.max(0, ...[...by_id.values()].map((one) => one.words.size));
  for (const { contact, words: named } of by_id.values()) {
    const rest = words.filter((word) => !named.has(word));
    if (named.size === most && rest.length && contact.numbers.length) {
      found.push({ title: contact_name(contact), rest, filter: { number: contact.numbers } });
    }
  }
  const named_by = (words_left: string[], text: string) => words_left.filter((word) => !fold(text).includes(fold(word)));
  for (const email of await users()) {
    const rest = named_by(words, email);
    if (rest.length < words.length) found.push({ title: user_name(email), rest, filter: { user_email: email } });
  }
  for (const line of (await own_lines()).values()) {
    const rest = named_by(words, line.name ?? '');
    if (line.name && line.number && rest.length && rest.length < words.length) {
      found.push({ title: line.name, rest, filter: { number: line.number } });
    }
  }
  return found;
}

// What was said by or to people whom the query names beside the words that were said: "Berthier refund".
function with_people(q: string, asked: Parameters, parameters: URLSearchParams, signal: AbortSignal): Source | null {
  const words = plain_words(q);
  if (!words?.length || words.length > kMostWords || asked.number || asked.user_email) return null;
  let sources: Source[] | null = null;
  const open = async (): Promise<Source[]> => (await people_in(words, signal)).slice(0, kMostPeople).map(({ title, rest, filter }) => {
    const left = rest.join(' ');
    const narrowed = { ...asked, ...filter, q: left ? as_typed(left) : undefined };
    const source = left ? search(narrowed, parameters, signal) : lists(narrowed, parameters, signal);
    return below(left ? t('With {name}: {words}', { name: title, words: left }) : t('With {name}', { name: title }), source);
  });
  let turn: Source | null = null;
  const opened = async (): Promise<Source> => {
    sources ??= await open();
    return turn ??= in_turn(sources, () => Promise.resolve(null));
  };
  return {
    urls: [],
    read: async () => (await opened()).read(),
    total: () => Promise.resolve(null),
    now: async (item) => (await opened()).now(item),
  };
}

// A source below words that say what it is.
function below(text: string, source: Source): Source {
  let told = false;
  return { ...source, read: async () => {
    const more = await source.read();
    if (!more?.length || told) return more;
    told = true;
    return [{ kind: 'heading', text }, ...more];
  } };
}

// What has other forms of the words: "refunds" and "refunding" for "refunded".
function with_forms(q: string, asked: Parameters, parameters: URLSearchParams, signal: AbortSignal): Source | null {
  const forms = other_forms(q);
  // What comes while the list is on show is put among the hits of the words themselves, so only those are looked for.
  return forms && below(t('Other forms of the words: {words}', { words: forms.stems.map((stem) => `${stem}…`).join(', ') }),
    { ...search({ ...asked, q: forms.q }, parameters, signal), now: () => Promise.resolve(null) });
}

// What the API is asked, from what the address says.
export function api_parameters(parameters: URLSearchParams): Parameters {
  const q = parameters.get('q');
  const asked: Parameters = { q: q ? as_typed(q) : undefined };
  for (const name of kFilters) if (name !== 'kind') asked[name] = parameters.get(name) || undefined;
  if ([asked.since, asked.until].some((text) => typeof text === 'string' && is_date(text))) asked.tz = kZone;
  return asked;
}

export function find_source(parameters: URLSearchParams, signal: AbortSignal): Source {
  const asked = api_parameters(parameters);
  const q = parameters.get('q') ?? '';
  const hour = hour_of_week(parameters);
  const open = asked.q ? search : lists;
  if (hour) {
    // An hour of the week is one stretch of time each week, read one after the other.
    const { tz: _, ...others } = asked;
    const stretches = hours_between(hour, parameters).map((one) => open({ ...others, ...one }, parameters, signal));
    const all = in_turn(stretches, () => Promise.resolve(null));
    const is_then = (at: string) => {
      const then = parts(new Date(at));
      return then.weekday === hour.weekday && then.hour === hour.hour;
    };
    return { ...all, now: async (item) => is_then(item.at) ? open(asked, parameters, signal).now(item) : null };
  }
  if (parameters.get('kind') === 'contact' && !asked.q) return contacts(signal);
  const first = open(asked, parameters, signal);
  if (!asked.q) return first;
  const more = [parameters.get('kind') === 'contact' ? null : with_people(q, asked, parameters, signal), with_forms(q, asked, parameters, signal)]
    .filter((one) => one !== null);
  return more.length ? { ...in_turn([first, ...more], first.total), urls: first.urls } : first;
}
