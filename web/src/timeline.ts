// The conversation with one number, or with a contact over all their numbers, as people know it from a telephone.
import { get, path } from './api.js';
import { avatar } from './avatar.js';
import { on_changes } from './changes.js';
import { h, icon } from './dom.js';
import { document_buttons, of_timeline } from './document.js';
import { download_menu, type Download } from './download.js';
import { item_of } from './find.js';
import { hits_nav } from './hits_nav.js';
import { jump_menu } from './jump.js';
import { given_name } from './line_names.js';
import { own_lines } from './lines.js';
import { plural } from './format.js';
import { t } from './i18n.js';
import { names_of } from './names.js';
import { copy, empty, show_error } from './notice.js';
import { contact_name, number_key, number_title, of_item, other_party, own_party } from './party.js';
import { link, note } from './route.js';
import { number_tools } from './said.js';
import { saved_menu } from './saved.js';
import { TimelineScroller } from './timeline_scroller.js';
import { item_key, TimelineSource } from './timeline_source.js';
import type { View } from './shell.js';
import type { Call, Contact, Message, PhoneNumber, TimelineItem } from './records.js';

const kPage = 40;
const kRemember = 200;  // milliseconds of rest before the place is remembered

// Whose timeline it is.
interface Subject {
  of: string[];      // as the API names it
  view: string[];    // as the address names it
  numbers: string[];
  name: string | null;
  facts: (string | null | false | undefined)[];
  tools: (Node | null)[];
  downloads: Download[];
  end: () => number;  // the instant after which nothing is
  is_line: boolean;
}

const downloads = (number: string[]): Download[] => [
  { label: t('Calls, for a spreadsheet'), segments: ['export', 'calls'], parameters: { number, format: 'csv', for: 'spreadsheet' } },
  { label: t('Messages, for a spreadsheet'), segments: ['export', 'messages'], parameters: { number, format: 'csv', for: 'spreadsheet' } },
  { label: t('Calls, CSV'), segments: ['export', 'calls'], parameters: { number, format: 'csv' } },
  { label: t('Calls, NDJSON'), segments: ['export', 'calls'], parameters: { number, format: 'ndjson' } },
  { label: t('Messages, CSV'), segments: ['export', 'messages'], parameters: { number, format: 'csv' } },
  { label: t('Transcripts, CSV'), segments: ['export', 'transcripts'], parameters: { number, format: 'csv' } },
];

async function of_number(id: string, signal: AbortSignal): Promise<Subject> {
  const [number, lines] = await Promise.all([get<PhoneNumber>(path(['numbers', id]), signal), own_lines().catch(() => new Map())]);
  const line = lines.get(number_key(number.number));
  const name = given_name(number_key(number.number)) || names_of(number) || line?.name || null;
  const companies = number.contacts.map(({ company }) => company).filter((company) => company !== name);
  return {
    of: ['numbers', number.number], view: ['numbers', id], numbers: [number.number], name, is_line: Boolean(line),
    facts: [
      line && t('Own line'), name && number_title(number.number), number.country, ...new Set(companies),
      plural(number.call_count, 'call'), plural(number.message_count, 'message'),
    ],
    tools: [
      number_tools(number.number, copy),
      ...number.contacts.map((contact, i) => i < 3 ? h('a', { class: 'tool wide', href: link(['contacts', contact.id]) },
        number.contacts.length > 1 ? contact_name(contact) : t('Contact')) : null),
    ],
    downloads: downloads([number.number]),
    end: () => Math.max(Date.now(), Date.parse(number.last_seen_at ?? '') || 0),
  };
}

async function of_contact(id: string, signal: AbortSignal): Promise<Subject> {
  const contact = await get<Contact>(path(['contacts', id]), signal);
  const name = contact_name(contact) || contact.id;
  const seen = await Promise.all(contact.numbers.map((number) =>
    get<PhoneNumber>(path(['numbers', number]), signal).catch(() => null)));
  const last = Math.max(0, ...seen.map((number) => Date.parse(number?.last_seen_at ?? '') || 0));
  return {
    of: ['contacts', contact.id], view: ['people', id], numbers: contact.numbers, name, is_line: false,
    facts: [contact.company !== name && contact.company, plural(contact.numbers.length, 'number'), ...contact.numbers.map(number_title)],
    tools: [h('a', { class: 'tool wide', href: link(['contacts', contact.id]) }, t('Contact'))],
    downloads: downloads(contact.numbers),
    end: () => Math.max(Date.now(), last),
  };
}

function header(subject: Subject, name: string | null, from: string | null, ...tools: (Node | null)[]): HTMLElement {
  const title = name ?? number_title(subject.numbers[0] ?? '');
  return h('header', { class: 'view-head' },
    h('a', {
      class: from === null ? 'tool back' : 'tool back shown', href: from === null ? '#/' : `#/find?${from}`,
      'aria-label': from === null ? t('Back to conversations') : t('Back to the search'),
    }, icon('back')),
    avatar(name, subject.numbers[0] ?? name),
    h('div', { class: 'view-title' },
      h('h1', { tabindex: '-1' }, h('bdi', null, title)),
      h('p', { class: 'muted' }, subject.facts.filter(Boolean).flatMap((fact, i) => [i ? ' · ' : '', h('bdi', null, fact)]))),
    h('div', { class: 'view-tools' }, tools, saved_menu(title), subject.tools, download_menu(subject.downloads, ...document_buttons(of_timeline(title, subject.of)))));
}

// The instant of the item that the address points at ("call:cll_1").
async function instant_of(key: string, signal: AbortSignal): Promise<number> {
  const [kind, id] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)];
  const one = await get<Partial<Call & Message>>(path([kind === 'call' ? 'calls' : 'messages', id]), signal);
  return Date.parse(one.started_at ?? one.sent_at ?? '');
}

// Where the reader was, for the browser's memory of this address.
interface Place { top: { key: string; at: string; offset: number } | null; open: string[] }

const involves = (item: Call | Message, keys: Set<string>): boolean =>
  Object.entries(item).some(([field, value]) => field.endsWith('_number') && typeof value === 'string' && keys.has(number_key(value)));

export const show_timeline = async (view: View, id: string): Promise<void> => show(view, await of_number(id, view.signal));
export const show_person = async (view: View, id: string): Promise<void> => show(view, await of_contact(id, view.signal));

async function show({ main, signal, parameters, describe, select }: View, subject: Subject): Promise<void> {
  const url = path([...subject.of, 'timeline']);
  if (subject.numbers.length === 1) select(subject.numbers[0] ?? '');
  const from = parameters.get('from');
  const key = parameters.get('item');
  const list = h('ol', { class: 'rows timeline', 'data-start': 'end' });
  const viewport = h('div', { class: 'viewport', role: 'region', 'aria-label': t('Timeline'), tabindex: '0' }, list);
  const trouble = h('div');
  const newest = h('button', { class: 'newest', hidden: true, onclick: () => void scroller.open_latest() });
  const jump = jump_menu(subject.numbers, (at) => void scroller.jump(at));
  const make_header = (name: string | null) =>
    header(subject, name, from, from !== null && key ? hits_nav(from, key, signal) : null, jump);
  let head = make_header(subject.name);
  main.replaceChildren(head, h('div', { class: 'viewport-frame' }, viewport, newest), trouble);
  describe(subject.name ?? number_title(subject.numbers[0] ?? ''), url);

  const source = new TimelineSource(subject.of, kPage, signal);
  const scroller = new TimelineScroller(viewport, list, source, {
    of_line: subject.is_line, of_numbers: subject.numbers.length > 1, q: new URLSearchParams(from ?? '').get('q') ?? '',
  }, subject.end, signal);
  scroller.onerror = (error) => show_error(trouble, error, () => void scroller.fill());
  scroller.onopen = (item, open) => {
    note(link(subject.view, { item: open ? item_key(item) : null, from }));
    remember();
  };
  scroller.onplace = (at_end, fresh) => {
    newest.hidden = at_end || !list.firstElementChild;
    newest.replaceChildren(icon('down'), fresh ? t('Newest ({n} new)', { n: fresh }) : t('Newest'));
  };

  let timer: ReturnType<typeof setTimeout>;
  function remember(): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (signal.aborted) return;
      const open = [...list.querySelectorAll<HTMLElement>('.row:has(.card-head[aria-expanded=true])')].map(({ dataset }) => dataset.key ?? '');
      const place: Place = { top: scroller.at_end ? null : scroller.top(), open };
      history.replaceState({ place }, '');
    }, kRemember);
  }

  const before = (history.state as { place?: Place } | null)?.place;
  if (before?.top) await scroller.open_top(before.top);
  else if (key && !before) await open_at(key);
  else await scroller.open_latest();
  if (before) for (const one of before.open) await scroller.quietly(async () => scroller.find(one)?.open());
  if (before && !before.top) scroller.open_latest_again();
  if (signal.aborted) return;
  viewport.addEventListener('scroll', remember, { passive: true, signal });
  const show_empty = () => {
    viewport.querySelector('.empty')?.remove();
    if (!list.firstElementChild) {
      viewport.append(empty(t('Nothing here yet'), t('The archive knows this number, but has none of its calls or messages.')));
    }
  };
  show_empty();
  name_from(scroller.items());

  const keys = new Set(subject.numbers.map(number_key));
  on_changes((changes) => void renew(changes), signal);
  async function renew(changes: Parameters<Parameters<typeof on_changes>[0]>[0]): Promise<void> {
    for (const change of changes) {
      if (change.kind === 'contact') continue;
      const one = `${change.kind}:${change.id}`;
      const item = item_of(change);
      if (!scroller.find(one) && !(item && involves(of_item(item), keys))) continue;
      // The timeline itself says whether it has the item.
      const now = item && await source.find(one, item.at).catch(() => null);
      if (signal.aborted) return;
      scroller.put(one, now);
    }
    show_empty();
  }

  async function open_at(item: string): Promise<void> {
    const line = parameters.get('line');
    const row = await scroller.open_at(item, await instant_of(item, signal));
    if (!row) return;
    row.element.classList.add('target');
    row.element.focus({ preventScroll: true });
    // A call in the address is open; opening it there is no news to the address.
    await scroller.quietly(() => row.open(line === null ? undefined : Number(line)));
    if (line === null && item.startsWith('call:')) row.element.scrollIntoView({ block: 'start' });
  }

  // Where no contact names the number, its last item may; an own line is named by its own side.
  function name_from(items: TimelineItem[]): void {
    const last = items.at(-1);
    if (subject.name || !last) return;
    const number = subject.numbers[0] ?? '';
    const is_own = (item: TimelineItem) => number_key(own_party(of_item(item)).number ?? '') === number_key(number);
    const name = is_own(last) ? own_party(of_item(last)).name : other_party(of_item(last)).name;
    if (!name) return;
    const fresh = make_header(name);
    head.replaceWith(fresh);
    head = fresh;
    describe(name, url);
  }
}
