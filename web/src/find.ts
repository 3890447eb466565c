// Search and filtered lists: what was found, by conversation.
import { get, path, type Parameters } from './api.js';
import { avatar } from './conversations.js';
import { h, icon, marked } from './dom.js';
import { download_menu } from './download.js';
import { filter_bar, kFilters } from './filters.js';
import { duration, full, kZone, position, when, words } from './format.js';
import { hour_of_week, hours_between } from './hour_of_week.js';
import { endless } from './list.js';
import { plain } from './markdown.js';
import { Newest, type Kind } from './newest.js';
import { empty } from './notice.js';
import { contact_name, number_key, number_title, other_party, party_title } from './party.js';
import { link } from './route.js';
import { call_icon, call_title } from './timeline_rows.js';
import { speaker } from './transcript.js';
import type { View } from './shell.js';
import type { Call, Hit, List, Match } from './records.js';

const kBatch = 25;
const kMostMatches = 4;  // shown of one hit

type Reader = () => Promise<Hit[] | null>;  // null: no more

interface Source { read: Reader; urls: string[] }

// Filters that only calls have.
const kOfCalls = ['result', 'tag', 'user_email'];

// What the API is asked, from what the address says.
function api_parameters(parameters: URLSearchParams): Parameters {
  const asked: Parameters = { q: parameters.get('q') ?? undefined };
  for (const name of kFilters) if (name !== 'kind') asked[name] = parameters.get(name) ?? undefined;
  if ([asked.since, asked.until].some((text) => typeof text === 'string' && /^\d{4}-\d\d-\d\d$/.test(text))) asked.tz = kZone;
  return asked;
}

// The search, which knows what matched and where.
function search(asked: Parameters, parameters: URLSearchParams, signal: AbortSignal): Source {
  const kind = parameters.get('kind') ?? '';
  const query = { ...asked, kind, sort: parameters.get('sort') ?? undefined, limit: String(kBatch) };
  const url = path(['search'], query);
  let next: string | null = url;
  return { urls: [url], read: async () => {
    if (!next) return null;
    const { data, page } = await get<List<Hit>>(next, signal);
    next = page.next_cursor && path(['search'], { ...query, cursor: page.next_cursor });
    return data;
  } };
}

// The lists, for filters alone.
function lists(asked: Parameters, parameters: URLSearchParams, signal: AbortSignal): Source {
  const kind = parameters.get('kind') ?? '';
  const kinds: Kind[] = kOfCalls.some((name) => asked[name]) ? ['call']
    : kind === 'call' || kind === 'message' ? [kind] : ['call', 'message'];
  const newest = new Newest(kinds, asked, signal);
  return { urls: kinds.map((one) => path([`${one}s`], asked)), read: async () => {
    const hits: Hit[] = [];
    for (let item = await newest.next(); item; item = hits.length < kBatch ? await newest.next() : null) {
      hits.push({ ...item, matches: [] });
    }
    return hits.length ? hits : null;
  } };
}

function source(parameters: URLSearchParams, signal: AbortSignal): Source {
  const asked = api_parameters(parameters);
  const open = asked.q ? search : lists;
  const hour = hour_of_week(parameters);
  if (!hour) return open(asked, parameters, signal);
  // An hour of the week is one stretch of time each week, read one after the other.
  const { tz: _, ...others } = asked;
  const stretches = hours_between(hour, parameters).map((stretch) => open({ ...others, ...stretch }, parameters, signal));
  let at = 0;
  return { urls: stretches.flatMap(({ urls }) => urls), read: async () => {
    const hits: Hit[] = [];
    while (at < stretches.length && hits.length < kBatch) {
      const more = await stretches[at]?.read();
      if (more?.length) hits.push(...more);
      else at++;
    }
    return hits.length ? hits : null;
  } };
}

// What a match stands in; nothing where that goes without saying.
function where(match: Match, call: Call | null): string {
  if (match.position === null || match.position === undefined) return match.field === 'content' ? '' : words(match.field);
  const at = match.start_seconds === null || match.start_seconds === undefined ? '' : position(match.start_seconds);
  return [at, call ? speaker(call, match.source ?? null) : ''].filter(Boolean).join(' ');
}

const match_link = (match: Match, to: string, call: Call | null = null): HTMLElement =>
  h('a', { class: 'match', href: to },
    h('span', { class: 'where', dir: 'auto' }, where(match, call)), marked(match.text, match.ranges, match.field === 'summary' ? plain : undefined));

function hit_row(hit: Hit): HTMLElement {
  if (hit.kind === 'contact') {
    const { contact } = hit;
    const to = link(['contacts', contact.id]);
    return h('li', { class: 'row hit', tabindex: '-1' },
      h('a', { class: 'open hit-head', href: to }, icon('person'), h('bdi', null, contact_name(contact) || contact.id)),
      hit.matches.slice(0, kMostMatches).map((match) => match_link(match, to)));
  }
  const item = hit.kind === 'call' ? hit.call : hit.message;
  const number = other_party(item).number;
  const to = (line?: number | null) => number ? link(['numbers', number], { item: `${hit.kind}:${item.id}`, line })
    : hit.kind === 'call' ? link(['calls', item.id], { line }) : link(['find'], { kind: 'message' });
  const outbound = item.direction === 'OUTBOUND';
  const title = hit.kind === 'call'
    ? [call_title(hit.call), hit.call.duration_seconds && duration(hit.call.duration_seconds)].filter(Boolean).join(' · ')
    : outbound ? 'Message sent' : 'Message received';
  const text = hit.kind === 'call' ? hit.call.one_sentence_summary : hit.message.content;
  return h('li', { class: 'row hit', tabindex: '-1' },
    h('a', { class: 'open hit-head', href: to(hit.matches[0]?.position) },
      icon(hit.kind === 'call' ? call_icon(hit.call) : 'message'), h('span', null, title),
      hit.at && h('time', { datetime: hit.at, title: full(hit.at) }, when(hit.at))),
    hit.matches.length
      ? hit.matches.slice(0, kMostMatches).map((match) =>
        match_link(match, to(match.position), hit.kind === 'call' ? hit.call : null))
      : text && h('a', { class: 'match', href: to(), tabindex: '-1' }, h('span', { dir: 'auto' }, text)));
}

// The conversations in the order of their first hit.
class Groups {
  private readonly lists = new Map<string, HTMLElement>();
  constructor(private readonly place: HTMLElement) {}

  add(hit: Hit): void {
    const party = hit.kind === 'contact' ? null : other_party(hit.kind === 'call' ? hit.call : hit.message);
    const key = party ? (party.number ? number_key(party.number) : 'unknown') : 'contacts';
    let list = this.lists.get(key);
    if (!list) {
      list = h('ol', null);
      this.lists.set(key, list);
      const title = party ? party_title(party) : 'Contacts';
      const head = h('h2', { class: 'group-head' }, party && avatar(party.name, party.number),
        party?.number ? h('a', { href: link(['numbers', party.number]) }, h('bdi', null, title)) : title,
        party?.name && party.number ? h('span', { class: 'muted' }, number_title(party.number)) : null);
      this.place.append(h('section', { class: 'group' }, head, list));
    }
    list.append(hit_row(hit));
  }

  get size(): number { return this.lists.size; }
}

const export_links = (parameters: URLSearchParams) => (['csv', 'ndjson'] as const).flatMap((format) => {
  const asked = api_parameters(parameters);
  const { result: _r, tag: _t, user_email: _u, ...of_messages } = asked;
  const kind = parameters.get('kind');
  const one = (list: string, label: string, filters: Parameters) =>
    ({ label: `${label}, ${format.toUpperCase()}`, segments: ['export', list], parameters: { ...filters, format } });
  return [
    ...(kind === 'message' ? [] : [one('calls', 'Calls', asked)]),
    ...(kind === 'call' ? [] : [one('messages', 'Messages', of_messages)]),
  ];
});

export async function show_find({ main, signal, parameters, describe }: View): Promise<void> {
  const q = parameters.get('q') ?? '';
  const { read, urls } = source(parameters, signal);
  describe(q ? `Search: ${q}` : 'Everything', ...urls);
  const rows = h('div', { class: 'rows groups' });
  const results = h('div', { class: 'results' }, rows);
  // The old results stay until the new ones are there.
  const first = await read();
  const page = h('div', { class: 'page find' },
    h('header', { class: 'page-head' },
      h('h1', null, q ? ['Search: ', h('bdi', null, q)] : 'Calls and messages'),
      hour_of_week(parameters) ? null : download_menu(export_links(parameters))),
    filter_bar(parameters), results);
  main.replaceChildren(page);
  const groups = new Groups(rows);
  for (const hit of first ?? []) groups.add(hit);
  if (!groups.size) {
    results.append(empty('Nothing found',
      q ? 'All words must occur. Try fewer words, or only the beginning of one: roo*' : 'Try fewer filters.'));
    return;
  }
  endless(rows, signal, async () => {
    const hits = await read();
    for (const hit of hits ?? []) groups.add(hit);
    return hits !== null;
  });
}
